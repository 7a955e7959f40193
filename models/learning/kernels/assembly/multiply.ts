// C += A B over panels of columns. A panel of B is packed into one run of memory when enough rows of C will read
// it, or when B is given transposed; else it is read where it lies.
import { lanes, tile1x2, tile1x4, tile4x1, tile4x2 } from './tiles';

/** Rows of C from which packing a panel costs less than reading B with its own stride. */
const PACKED_FROM_ROWS: i32 = 9;

/** Transposes one square of lanes: vectors at `from0`, ... become columns of the panel at `to`. */
// @ts-ignore: decorator
@inline
function transpose<T>(to: usize, width: usize, from0: usize, from1: usize, from2: usize, from3: usize): void {
  const x0 = v128.load(from0), x1 = v128.load(from1);
  if (sizeof<T>() == 8) {
    v128.store(to, v128.shuffle<f64>(x0, x1, 0, 2));
    v128.store(to + width, v128.shuffle<f64>(x0, x1, 1, 3));
  } else {
    const x2 = v128.load(from2), x3 = v128.load(from3);
    const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5);
    const high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
    const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
    const high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f64>(low01, low23, 0, 2));
    v128.store(to + width, v128.shuffle<f64>(low01, low23, 1, 3));
    v128.store(to + 2 * width, v128.shuffle<f64>(high01, high23, 0, 2));
    v128.store(to + 3 * width, v128.shuffle<f64>(high01, high23, 1, 3));
  }
}

/**
 * Packs `valid` rows of `depth` elements as columns of a panel `vectors` wide. Columns past the valid ones repeat
 * the last; up to a square's worth of rows past the depth is written too.
 */
function packTransposed<T>(panel: usize, from: usize, stride: usize, depth: i32, vectors: i32, valid: i32): void {
  const width = <usize>vectors * 16;
  const last = from + <usize>(valid - 1) * stride;
  for (let v = 0; v < vectors; v++) {
    const first = from + <usize>(v * lanes<T>()) * stride;
    const from0 = min<usize>(first, last);
    const from1 = min<usize>(first + stride, last);
    const from2 = min<usize>(first + 2 * stride, last);
    const from3 = min<usize>(first + 3 * stride, last);
    let to = panel + <usize>v * 16;
    for (let k = 0; k < depth; k += lanes<T>()) {
      const at = <usize>k * sizeof<T>();
      transpose<T>(to, width, from0 + at, from1 + at, from2 + at, from3 + at);
      to += <usize>lanes<T>() * width;
    }
  }
}

/** Packs a panel two vectors wide out of rows `bStep` apart. */
function packRows(panel: usize, b: usize, bStep: usize, depth: i32): void {
  for (let k = 0; k < depth; k++) {
    v128.store(panel, v128.load(b));
    v128.store(panel, v128.load(b, 16), 16);
    panel += 32;
    b += bStep;
  }
}

/** One panel of columns through all rows of C. */
// @ts-ignore: decorator
@inline
function sweep<T>(
  c: usize, cStride: usize, a: usize, aStride: usize, aStep: usize,
  b: usize, bStep: usize, rows: i32, depth: i32, valid: i32,
): void {
  let r = 0;
  while (rows - r >= 2) {
    const most = <usize>min(rows - r - 1, 3);
    const second = min<usize>(1, most), third = min<usize>(2, most);
    const c0 = c + <usize>r * cStride, a0 = a + <usize>r * aStride;
    const c1 = c0 + second * cStride, a1 = a0 + second * aStride;
    const c2 = c0 + third * cStride, a2 = a0 + third * aStride;
    const c3 = c0 + most * cStride, a3 = a0 + most * aStride;
    if (valid > lanes<T>()) tile4x2<T>(c0, c1, c2, c3, a0, a1, a2, a3, aStep, b, bStep, depth, valid);
    else tile4x1<T>(c0, c1, c2, c3, a0, a1, a2, a3, aStep, b, bStep, depth, valid);
    r += 4;
  }
  if (r < rows)
    tile1x2<T>(c + <usize>r * cStride, a + <usize>r * aStride, aStep, b, bStep, depth, valid);
}

/**
 * C[r][c] += sum over k ascending of A[r][k] B[k][c]. A lies at a + r aStride + k aStep; B[k][c] at b + k bStep + c,
 * or with `transposed` at b + c bStep + k. `panel` has room for four vectors a k and a few k more.
 */
// @ts-ignore: decorator
@inline
export function multiply<T>(
  c: usize, cStride: usize, a: usize, aStride: usize, aStep: usize,
  b: usize, bStep: usize, transposed: bool, panel: usize, rows: i32, columns: i32, depth: i32,
): void {
  const vectors = rows == 1 ? 4 : 2;
  const width = vectors * lanes<T>();
  for (let column = 0; column < columns; column += width) {
    const valid = min(columns - column, width);
    const target = c + <usize>column * sizeof<T>();
    let from: usize;
    let fromStep: usize;
    if (transposed) {
      packTransposed<T>(panel, b + <usize>column * bStep, bStep, depth, vectors, valid);
      from = panel;
      fromStep = <usize>vectors * 16;
    } else {
      from = b + <usize>column * sizeof<T>();
      fromStep = bStep;
      if (rows >= PACKED_FROM_ROWS) {
        packRows(panel, from, bStep, depth);
        from = panel;
        fromStep = 32;
      }
    }
    if (rows == 1) tile1x4<T>(target, a, aStep, from, fromStep, depth, valid);
    else sweep<T>(target, cStride, a, aStride, aStep, from, fromStep, rows, depth, valid);
  }
}
