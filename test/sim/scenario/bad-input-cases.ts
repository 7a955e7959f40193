/** Files that hold no scenario, and command lines that lead nowhere. */
import type { BadCase } from './bad-case.ts';
import { tinyScenario } from './tiny-scenario.ts';

/** Files. */
export const BAD_FILES: readonly BadCase[] = [
  {
    name: 'a file that is no JSON, of which nothing is told',
    file: { name: 'keys.json', text: 'root:x:0:0:root:/root:/bin/sh' },
    sentence:
      "FILE is no JSON (Unexpected token 'r'); a JSON object with the scenario in it would be right",
  },
  {
    name: 'an empty JSON file',
    file: { name: 'empty.json', text: '' },
    sentence: 'FILE is empty; a JSON object with the scenario in it would be right',
  },
  {
    name: 'an empty module',
    file: { name: 'empty.ts', text: '\n' },
    sentence:
      'FILE is empty; a module with `export default defineScenario({ ... })` would be right',
  },
  {
    name: 'a syntax error in JSON',
    file: { name: 'syntax.json', text: '{ "name": ' },
    sentence:
      'FILE is no JSON (Unexpected end of JSON input); a JSON object with the scenario in it would be right',
  },
  {
    name: 'a syntax error in a module',
    file: { name: 'syntax.ts', text: 'export default {\n  name: ;\n};\n' },
    sentence:
      'FILE cannot be loaded (line 2: Unexpected ";"); a module with `export default defineScenario({ ... })` would be right',
  },
  {
    name: 'a file that is no module',
    file: { name: 'notes.txt', text: 'ring of 64' },
    sentence: "FILE ends in '.txt'; a .ts, .mts, .js, .mjs or .json file would be right",
  },
  {
    name: 'a module without a default export',
    file: { name: 'named.ts', text: 'export const scenario = {};\n' },
    sentence:
      'FILE has no default export; a module with `export default defineScenario({ ... })` would be right',
  },
  {
    name: 'a module that throws',
    file: { name: 'throws.ts', text: "throw new Error('no luck today');\n" },
    sentence:
      'FILE cannot be loaded (no luck today); a module with `export default defineScenario({ ... })` would be right',
  },
  {
    name: 'a list for a scenario',
    file: { name: 'list.json', text: '[]' },
    sentence: 'FILE: the scenario is an empty list; an object would be right',
  },
  {
    name: 'a number for a scenario',
    file: { name: 'number.ts', text: 'export default 64;\n' },
    sentence: 'FILE: the scenario is 64; an object would be right',
  },
  {
    name: 'a function for a scenario',
    file: { name: 'function.ts', text: 'export default () => 64;\n' },
    sentence: 'FILE: the scenario is a function; plain data would be right',
  },
  {
    name: 'NaN',
    file: {
      name: 'nan.ts',
      text: `const scenario = ${JSON.stringify(tinyScenario())};\nscenario.training.batch = NaN;\nexport default scenario;\n`,
    },
    sentence: 'FILE: training.batch is NaN; a whole number from 1 would be right',
  },
  {
    name: 'an infinite bandwidth',
    file: {
      name: 'infinite.ts',
      text: `const scenario = ${JSON.stringify(tinyScenario())} as any;\nscenario.cluster.network.bandwidth = Infinity;\nexport default scenario;\n`,
    },
    sentence:
      "FILE: cluster.network.bandwidth is Infinity; a bandwidth such as '10 Gbit/s', or a number of bytes per second, greater than 0 would be right",
  },
  {
    name: 'a scenario that holds itself',
    file: {
      name: 'circle.ts',
      text: 'const scenario: any = {};\nscenario.cluster = scenario;\nexport default scenario;\n',
    },
    sentence: 'FILE: the scenario is nested more than 20 deep; plain data would be right',
  },
];

/** Command lines. */
export const BAD_OPTIONS: readonly BadCase[] = [
  {
    name: 'an override without a value',
    options: ['--set', 'training.batch'],
    sentence: "--set is 'training.batch'; path=value such as training.batch=64 would be right",
  },
  {
    name: 'an override of no path',
    options: ['--set', 'training..batch=3'],
    sentence:
      "--set has the path 'training..batch'; field names joined by dots, such as training.batch, would be right",
  },
  {
    name: 'an override inside a number',
    options: ['--set', 'training.batch.size=3'],
    sentence:
      "--set has the path 'training.batch.size', but training.batch is 8; the path of a field inside an object or a list would be right",
  },
  {
    name: 'an override beyond a list',
    options: ['--set', 'model.layers[7]=3'],
    sentence:
      "--set has the path 'model.layers[7]', but model.layers is a list of 3; a number from 0 to 3 after it would be right",
  },
  {
    name: 'an override of an unknown field',
    options: ['--set', 'training.batsh=3'],
    sentence: "FILE: training.batsh is no field that is known there; 'batch' would be right",
  },
  {
    name: 'an override of a fault where there are none, by its place',
    options: ['--set', 'faults[0]={"at":1,"kind":"crush","node":0}'],
    sentence:
      "FILE: faults[0].kind is 'crush'; 'crash', 'pause', 'slow', 'cut', 'partition', 'loss', 'duplicate', 'reorder' or 'degrade' would be right (did you mean 'crash'?)",
  },
  {
    name: 'an override by a place in what is no list',
    options: ['--set', 'protocol[0].replicas=1'],
    sentence:
      "--set has the path 'protocol[0].replicas', but protocol is no list; protocol and the name of a field would be right",
  },
  {
    name: 'an override of what every object has',
    options: ['--set', 'training.constructor.name=3'],
    sentence:
      'FILE: training.constructor is no field that is known there; one of batch, microBatches, iterations, learningRate, optimizer, numerics, precision, bytes, evaluateEvery would be right',
  },
  {
    name: 'a word that is near to none of those that would be right',
    options: ['--set', 'training.numerics=fast'],
    sentence: "FILE: training.numerics is 'fast'; 'exact' or 'cost' would be right",
  },
  {
    name: 'a word with two letters changed places',
    options: ['--set', 'training.bacth=3'],
    sentence: "FILE: training.bacth is no field that is known there; 'batch' would be right",
  },
  {
    name: 'a seed in words',
    options: ['--seed', 'lucky'],
    sentence: "--seed is 'lucky'; a whole number from 0 would be right",
  },
  {
    name: 'no nodes on the command line',
    options: ['--nodes', '0'],
    sentence: "--nodes is '0'; a whole number from 1 would be right",
  },
  {
    name: 'an unknown option',
    options: ['--node', '4'],
    sentence:
      "unknown option '--node' (Did you mean --nodes?); one of the options that --help lists would be right",
  },
  {
    name: 'two scenarios',
    options: ['another.ts'],
    sentence:
      'too many arguments: Expected 1 argument but got 2; one of the options that --help lists would be right',
  },
  {
    name: 'an option without its value',
    options: ['--seed'],
    sentence:
      "option '--seed <S>' argument missing; one of the options that --help lists would be right",
  },
];
