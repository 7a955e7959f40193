/** Every protocol that names a sequential run as its oracle ends with the weights of that run, bit for bit. */
import fc from 'fast-check';
import t from 'tap';
import { ScenarioError } from '../../../models/protocol.ts';
import { PROTOCOLS } from '../../../models/protocols/registry.ts';
import { runProtocol, sameBits, type Setting } from './ring-tmp/harness.ts';
import { anySetting } from './ring-tmp/settings.ts';

/** The weights at the end, or null where the work does not fit the protocol. */
function weightsOf(setting: Setting, protocol: { kind: string }): Uint8Array | null {
  try {
    return runProtocol(setting, protocol).weights;
  } catch (error) {
    if (error instanceof ScenarioError) return null;
    throw error;
  }
}

for (const { kind, options, reference, timing } of PROTOCOLS) {
  const given = options.parse({ kind });
  if (reference(given, 9) === null) continue;
  t.test(`${kind} equals its reference, and does not depend on timing`, async (t) => {
    let compared = 0;
    fc.assert(
      fc.property(anySetting('exact'), (setting) => {
        const weights = weightsOf(setting, given);
        if (weights === null) return true;
        compared++;
        return sameBits(weights, weightsOf(setting, reference(given, setting.hosts.length)!));
      }),
      { numRuns: 40 },
    );
    t.equal(timing(given), 'independent');
    t.ok(compared > 10, `${compared} runs were compared`);
  });
}

t.test('what depends on timing names no run that it would always equal', async (t) => {
  const dependent = PROTOCOLS.filter(
    ({ kind, options, timing }) => timing(options.parse({ kind })) === 'dependent',
  );
  t.ok(dependent.length > 0, 'there are some');
  for (const { kind, options, reference } of dependent)
    t.equal(reference(options.parse({ kind }), 9), null, kind);
});
