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

/** Most floors of a folder: a file stands a floor above the highest of the files beside it that it imports. */
const FLOORS_MOST = 6;

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));

/** No folder is so tall that nobody can follow a call through it. */
export function tallFolders(sources: readonly Source[]): string[] {
  const graph = importGraph(sources);
  const floors = new Map<string, number>();
  const floorOf = (path: string): number => {
    const known = floors.get(path);
    if (known !== undefined) return known;
    // Ends the walk where files import each other, which the other rule refuses.
    floors.set(path, 0);
    const below = graph.get(path)!.filter((target) => folderOf(target) === folderOf(path));
    const floor = 1 + Math.max(0, ...below.map(floorOf));
    floors.set(path, floor);
    return floor;
  };
  const tallest = new Map<string, number>();
  for (const path of graph.keys())
    tallest.set(folderOf(path), Math.max(tallest.get(folderOf(path)) ?? 0, floorOf(path)));
  return [...tallest].flatMap(([folder, height]) =>
    height <= FLOORS_MOST
      ? []
      : `${folder}/ has ${height} floors of imports, ${FLOORS_MOST} are the most: give what belongs together a folder`,
  );
}
