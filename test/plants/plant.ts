/** A defect that can be planted: a text of the program that takes the place of another, and what finds it. */

export interface Plant {
  /** What is wrong with it, for people. */
  readonly defect: string;
  readonly file: string;
  /** It stands in the file once. */
  readonly text: string;
  readonly planted: string;
  /** The protocol whose seeds find it; null: a test does. */
  readonly protocol: string | null;
  /** The claim that the first finding breaks, or the path of the test. */
  readonly foundBy: string;
}

/** Found by seeds of a protocol. */
export function byFuzz(
  defect: string,
  [protocol, foundBy]: readonly [string, string],
  file: string,
  text: string,
  planted: string,
): Plant {
  return { defect, file, text, planted, protocol, foundBy };
}

/** Found by a test that sets up a moment which draws seldom hit. */
export function byTest(
  defect: string,
  foundBy: string,
  file: string,
  text: string,
  planted: string,
): Plant {
  return { defect, file, text, planted, protocol: null, foundBy };
}
