/** Lint rules. The folders that must stay pure (engine, models, reports) may not touch clocks, chance or the machine. */
import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

const impureGlobals = [
  'Date',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'process',
  'fetch',
].map((name) => ({
  name,
  message: 'Pure folder: time is world.now(), everything else belongs in sim/.',
}));
const impureProperties = [
  { object: 'Math', property: 'random', message: 'Use a named stream: world.random(name).' },
];
const impureSyntax = [
  { selector: 'AwaitExpression', message: 'Handlers, not promises: see engine/world.ts.' },
  { selector: ':function[async=true]', message: 'Handlers, not promises: see engine/world.ts.' },
];

export default tseslint.config(
  {
    ignores: [
      'node_modules/',
      'out/',
      '.tap/',
      'models/learning/kernels/assembly/',
      'models/learning/kernels/generated/',
    ],
  },
  eslint.configs.recommended,
  tseslint.configs.recommended,
  {
    rules: {
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 60, skipComments: true, skipBlankLines: true }],
      'no-undef': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['engine/**', 'models/**'],
    ignores: ['models/learning/kernels/build/**'],
    rules: {
      'no-restricted-globals': ['error', ...impureGlobals],
      'no-restricted-properties': ['error', ...impureProperties],
      'no-restricted-syntax': ['error', ...impureSyntax],
    },
  },
  {
    files: ['sim/**', 'reports/**', 'scenarios/**', 'bench/**', 'test/**'],
    rules: { 'no-restricted-properties': ['error', ...impureProperties] },
  },
  {
    files: ['test/**', 'bench/**'],
    rules: { 'max-lines-per-function': 'off', '@typescript-eslint/no-explicit-any': 'off' },
  },
);
