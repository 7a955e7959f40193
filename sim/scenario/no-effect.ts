/** How it is said that fields have no effect: those of a list that differ in their places alone in one sentence. */
export function noEffect(paths: readonly string[], why: string): string[] {
  const alike = new Map<string, string[]>();
  for (const path of paths) {
    const name = path.replaceAll(/\[\d+\]/g, '[]');
    alike.set(name, [...(alike.get(name) ?? []), path]);
  }
  return [...alike.values()].map(([first, ...others]) =>
    others.length === 0
      ? `${first} has no effect ${why}`
      : `${first} and ${others.length} more have no effect ${why}`,
  );
}
