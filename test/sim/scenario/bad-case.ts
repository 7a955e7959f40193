/** One kind of bad input and the one sentence that it is answered with. */
export interface BadCase {
  /** What is wrong. */
  readonly name: string;
  /** The file's name and text; a JSON file of `change`d tiny scenario when left out. */
  readonly file?: { readonly name: string; readonly text: string };
  // The scenario is changed into what its type forbids: that is the point.
  readonly change?: (scenario: any) => void;
  readonly options?: readonly string[];
  /** The whole sentence; FILE stands for the path of the scenario. */
  readonly sentence: string;
}
