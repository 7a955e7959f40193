/** The few parts of WebAssembly used here; TypeScript declares them only together with a browser's whole world. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Memory {
    readonly buffer: ArrayBuffer;
    /** Grows by so many pages of 64 KiB; the old buffer is detached. */
    grow(pages: number): number;
  }
  class Instance {
    readonly exports: unknown;
    constructor(module: Module, imports?: object);
  }
}
