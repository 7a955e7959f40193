/** What the imports of all files together must keep to: no circle, and no folder that is a tall tower. */
import { importsOf, targetOf, type Source } from './tidy-rules.ts';

/** By file those that it imports, be it for their types alone. */
type ImportGraph = ReadonlyMap<string, readonly string[]>;

function importGraph(sources: readonly Source[]): ImportGraph {
  const known = new Set(sources.map(({ path }) => path));
  return new Map(
    sources.map((source) => [
      source.path,
      importsOf(source)
        .filter(({ specifier }) => specifier.startsWith('.'))
        .map(({ specifier }) => targetOf(source.path, specifier))
        .filter((path) => known.has(path)),
    ]),
  );
}

/** No file needs, through whatever files, one that needs it. A fault names one way round each circle that a search meets. */
export function importCircles(sources: readonly Source[]): string[] {
  const graph = importGraph(sources);
  const done = new Set<string>();
  const way: string[] = [];
  const faults: string[] = [];
  const visit = (path: string): void => {
    const since = way.indexOf(path);
    if (since >= 0)
      faults.push(
        `${[...way.slice(since), path].join(' -> ')}: move what both ends need to a file of its own`,
      );
    if (since >= 0 || done.has(path)) return;
    way.push(path);
    graph.get(path)!.forEach(visit);
    way.pop();
    done.add(path);
  };
  for (const path of graph.keys()) visit(path);
  return faults;
}
