/**
 * What every source file must keep to, as functions from a file to its faults. A fault is a sentence that says
 * where, what was found and what to do instead.
 */
import ts from 'typescript';
import { PROTOCOLS } from '../models/protocols/registry.ts';

export interface Source {
  /** From the project's folder, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Which rooms each room may import from. A room marked `types` may be imported for its types alone. */
const MAY_IMPORT: Record<string, Record<string, 'all' | 'types'>> = {
  engine: {},
  models: { engine: 'all' },
  reports: { engine: 'types', models: 'types' },
  scenarios: { engine: 'types', models: 'types' },
  sim: { engine: 'all', models: 'all', reports: 'all', scenarios: 'all' },
};

/** Pure text, which every room may print numbers with. */
const FOR_ALL = 'engine/format.ts';

/** Packages of the pure rooms: none of them reads a clock, chance, a file or a socket. */
const PURE_PACKAGES = ['pure-rand/', 'zod'];

const INSTEAD: Record<string, string> = {
  Date: 'world.now()',
  performance: 'world.now()',
  setTimeout: 'world.wake(alarm, afterNs)',
  setInterval: 'world.wake(alarm, afterNs), again each time',
  setImmediate: 'world.wake(alarm, 0)',
  queueMicrotask: 'world.wake(alarm, 0)',
  process: 'an argument that sim/ passes in',
  fetch: 'an argument that sim/ passes in',
  Promise: 'a handler of engine/world.ts',
};

const isPure = (path: string): boolean =>
  /^(engine|models)\//.test(path) && !path.startsWith('models/learning/kernels/build/');

/** Compiled by AssemblyScript, or written by the build: rules about imports and names do not apply. */
const isForeign = (path: string): boolean =>
  /^models\/learning\/kernels\/(assembly|generated)\//.test(path);

export interface Import {
  readonly specifier: string;
  readonly typesOnly: boolean;
}

function parse(source: Source): ts.SourceFile {
  return ts.createSourceFile(source.path, source.text, ts.ScriptTarget.Latest, true);
}

function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  ts.forEachChild(node, (child) => visit(child, see));
}

export function importsOf(source: Source): Import[] {
  const imports: Import[] = [];
  visit(parse(source), (node) => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      if (!node.moduleSpecifier) return;
      const typesOnly = ts.isImportDeclaration(node)
        ? node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword ||
          onlyTypes(node.importClause?.namedBindings)
        : node.isTypeOnly;
      imports.push({ specifier: (node.moduleSpecifier as ts.StringLiteral).text, typesOnly });
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const target = node.arguments[0];
      if (ts.isStringLiteral(target)) imports.push({ specifier: target.text, typesOnly: false });
    }
  });
  return imports;
}

function onlyTypes(bindings: ts.NamedImportBindings | undefined): boolean {
  return bindings !== undefined && ts.isNamedImports(bindings)
    ? bindings.elements.every((element) => element.isTypeOnly)
    : false;
}

/** The file a relative import leads to. */
export function targetOf(path: string, specifier: string): string {
  return new URL(specifier, `file:///${path}`).pathname.slice(1);
}

/** Who may import whom, as docs/ARCHITECTURE.md draws it. */
export function wrongImports(source: Source): string[] {
  const { path } = source;
  const room = path.split('/')[0];
  if (isForeign(path)) return [];
  const faults: string[] = [];
  for (const { specifier, typesOnly } of importsOf(source)) {
    const fault = (what: string): number => faults.push(`${path} imports '${specifier}': ${what}`);
    if (specifier.startsWith('.')) {
      const file = targetOf(path, specifier);
      const target = file.split('/')[0];
      const allowed = MAY_IMPORT[room]?.[target];
      if (file === FOR_ALL || target === room || !MAY_IMPORT[room]) continue;
      const may = Object.keys(MAY_IMPORT[room]).join(', ') || 'nothing of ours';
      if (!allowed) fault(`${room}/ may import ${may}`);
      else if (allowed === 'types' && !typesOnly)
        fault(`${room}/ may import types alone from ${target}/, with 'import type'`);
    } else if (isPure(path) && !PURE_PACKAGES.some((name) => specifier.startsWith(name)))
      fault(`a pure room may use ${PURE_PACKAGES.join(' and ')}; what does I/O belongs in sim/`);
    else if (/^(ink|react)\b/.test(specifier) && !/^(test\/)?sim\/ui\//.test(path))
      fault('React and Ink belong in sim/ui/, everything else passes it a plain view');
  }
  return faults;
}

/** Where protocols are listed, a line each. */
const REGISTRY = 'models/protocols/registry.ts';

/** By its options every protocol may say which sequential run it equals. */
const ORACLE = 'models/protocols/seq-sgd/options.ts';

const homeOf = (kind: string): string => (/^ps(-|$)/.test(kind) ? 'parameter-server' : kind);

const folderOf = (path: string): string | undefined =>
  /^models\/protocols\/([^/]+)\//.exec(path)?.[1];

/**
 * Nobody outside a protocol's folder and the registry knows it, by its kind or by its files: what they would ask of it
 * `ProtocolDefinition` or `FuzzProfile` says. Texts for people, such as the examples of `--help`, may name one in a
 * sentence; tests, benchmarks and scenarios choose protocols, and so name them.
 */
export function namedProtocols(source: Source): string[] {
  const { path } = source;
  if (!/^(engine|models|reports|sim)\//.test(path) || path === REGISTRY) return [];
  const home = folderOf(path);
  const instead = 'a question to its ProtocolDefinition would be right';
  const faults: string[] = [];
  for (const { specifier } of importsOf(source)) {
    if (!specifier.startsWith('.')) continue;
    const file = targetOf(path, specifier);
    const folder = folderOf(file);
    if (folder !== undefined && folder !== home && file !== ORACLE)
      faults.push(`${path} imports '${specifier}' of the protocol ${folder}: ${instead}`);
  }
  const file = parse(source);
  visit(file, (node) => {
    if (!ts.isStringLiteralLike(node)) return;
    const named = PROTOCOLS.find(({ kind }) => kind === node.text);
    if (named === undefined || homeOf(named.kind) === home) return;
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    faults.push(`${path}:${line + 1} names the protocol '${named.kind}': ${instead}`);
  });
  return faults;
}

/** The names and forms that would let a pure room see the machine, each with what to use instead. */
export function bannedNames(source: Source): string[] {
  const { path } = source;
  const pure = isPure(path) && !isForeign(path);
  const faults: string[] = [];
  const file = parse(source);
  visit(file, (node) => {
    const fault = (found: string, instead: string): void => {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart());
      faults.push(`${path}:${line + 1} uses ${found}: ${instead} would be right`);
    };
    if (ts.isPropertyAccessExpression(node) && node.getText() === 'Math.random')
      fault('Math.random', 'a named stream, world.random(name),');
    if (!pure) return;
    if (ts.isIdentifier(node) && isFreeName(node) && Object.hasOwn(INSTEAD, node.text))
      fault(node.text, INSTEAD[node.text]);
    if (ts.isAwaitExpression(node) || node.kind === ts.SyntaxKind.AsyncKeyword)
      fault('async or await', 'a handler of engine/world.ts');
  });
  return faults;
}

/** Whether an identifier stands for a variable, not for a property or a key. */
function isFreeName(name: ts.Identifier): boolean {
  const { parent } = name;
  if (ts.isPropertyAccessExpression(parent) || ts.isQualifiedName(parent)) {
    const left = ts.isPropertyAccessExpression(parent) ? parent.expression : parent.left;
    return left === name;
  }
  return !(
    (ts.isPropertyAssignment(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isPropertyDeclaration(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isMethodSignature(parent)) &&
    parent.name === name
  );
}

/**
 * At most 300 lines, and code of at most 100 columns. The formatter leaves comments alone, which are given some
 * slack, and strings, whose sentences are kept whole so that they can be searched for.
 */
export function wrongSizes(source: Source): string[] {
  const { path, text } = source;
  if (isForeign(path)) return [];
  const faults: string[] = [];
  const lines = text.trimEnd().split('\n');
  if (lines.length > 300)
    faults.push(`${path} has ${lines.length} lines: split it by noun, 300 are the most`);
  const inString = linesWithStrings(source);
  lines.forEach((line, index) => {
    const limit = /^\s*(\/\/|\/?\*)/.test(line) ? 125 : 100;
    if (line.length > limit && !inString.has(index))
      faults.push(`${path}:${index + 1} has more than ${limit} columns`);
  });
  return faults;
}

function linesWithStrings(source: Source): Set<number> {
  const file = parse(source);
  const found = new Set<number>();
  visit(file, (node) => {
    if (!ts.isStringLiteral(node) && !ts.isTemplateLiteral(node) && !ts.isJsxText(node)) return;
    const first = file.getLineAndCharacterOfPosition(node.getStart()).line;
    const last = file.getLineAndCharacterOfPosition(node.getEnd()).line;
    for (let line = first; line <= last; line++) found.add(line);
  });
  return found;
}

/** Every test file asserts something. */
export function missingAssertions(source: Source): string[] {
  if (!/\.test\.tsx?$/.test(source.path)) return [];
  const asserts =
    /\.(ok|notOk|equal|not|same|notSame|strictSame|match|notMatch|throws|rejects|assert)\(/;
  return asserts.test(source.text)
    ? []
    : [`${source.path} asserts nothing: a test must be able to fail`];
}
