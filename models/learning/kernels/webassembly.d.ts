/** The few parts of WebAssembly used here; TypeScript declares them only together with a browser's whole world. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Memory {
    constructor(size: { initial: number });
    readonly buffer: ArrayBuffer;
  }
  class Instance {
    readonly exports: unknown;
    constructor(module: Module, imports?: object);
  }
}
