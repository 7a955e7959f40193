import { readFinding } from './sim/fuzz/finding.ts';
import { runCase } from './sim/fuzz/run-case.ts';
const [file, from, to, skip] = process.argv.slice(2);
const e = await runCase(readFinding(file));
const ev: [number, string][] = [];
const sk = new RegExp(skip ?? '^(ACK|BEAT)$');
const f = (x: object) => JSON.stringify(x, (k, v) => (['plan', 'records', 'reports', 'nodes_'].includes(k) ? undefined : v)).slice(0, 330);
for (const m of e.messages) { if (sk.test(m.kind)) continue; ev.push([m.sentNs, `SEND ${m.from}>${m.to} ${m.kind} ${m.deliveredNs ?? 'LOST'} ${f(m.fields)}`]); if (m.deliveredNs!==null) ev.push([m.deliveredNs, `  GOT ${m.from}>${m.to} ${m.kind} ${f(m.fields).slice(0,80)}`]); }
for (const n of e.notes) ev.push([n.timeNs, `NOTE ${n.node} ${n.name} ${JSON.stringify(n.value).slice(0, 200)}`]);
for (const j of e.jobs) ev.push([j.endNs, `JOB ${j.node} ${j.name} ${j.startNs} ${f(j.fields).slice(0,100)}`]);
for (const s of e.strikes) ev.push([s.timeNs ?? (s as any).atNs ?? 0, `STRIKE ${JSON.stringify(s)}`]);
ev.sort((a, b) => a[0] - b[0]);
for (const [t, x] of ev) if (t >= Number(from) && t <= Number(to)) console.log(t, x);
console.log(e.run.result.failure);
