// Register tiles of C += A B: a few rows of C, two or four vectors wide, kept in registers over the whole depth.
// Lanes are independent results; each adds its products in order of depth, product and sum rounded apart, so no
// tile shape changes a bit. T is f32 (four lanes a vector) or f64 (two). All strides and steps are in bytes.
//
// A row of C may end inside a vector: then whole vectors are still loaded (there is room behind every operand),
// and only the valid lanes are stored.

// @ts-ignore: decorator
@inline
export function lanes<T>(): i32 {
  return 16 / <i32>sizeof<T>();
}

/** One multiply and one add, each rounded by itself. */
// @ts-ignore: decorator
@inline
function step<T>(sum: v128, x: v128, y: v128): v128 {
  return v128.add<T>(sum, v128.mul<T>(x, y));
}

/** Stores the first `valid` lanes, all of them if there are more than a vector holds. */
// @ts-ignore: decorator
@inline
function put<T>(target: usize, value: v128, valid: i32): void {
  if (valid >= lanes<T>()) {
    v128.store(target, value);
  } else if (valid > 0) {
    if (sizeof<T>() == 8) {
      v128.store64_lane(target, value, 0);
    } else if (valid == 1) {
      v128.store32_lane(target, value, 0);
    } else {
      v128.store64_lane(target, value, 0);
      if (valid == 3) v128.store32_lane(target, value, 2, 8);
    }
  }
}

/** Four rows, two vectors. Where C has fewer, its last row is given again and comes to the same values again. */
export function tile4x2<T>(
  c0: usize, c1: usize, c2: usize, c3: usize,
  a0: usize, a1: usize, a2: usize, a3: usize, aStep: usize,
  b: usize, bStep: usize, depth: i32, valid: i32,
): void {
  let s00 = v128.load(c0), s01 = v128.load(c0, 16);
  let s10 = v128.load(c1), s11 = v128.load(c1, 16);
  let s20 = v128.load(c2), s21 = v128.load(c2, 16);
  let s30 = v128.load(c3), s31 = v128.load(c3, 16);
  for (let k = 0; k < depth; k++) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let x = v128.load_splat<T>(a0);
    s00 = step<T>(s00, x, b0);
    s01 = step<T>(s01, x, b1);
    x = v128.load_splat<T>(a1);
    s10 = step<T>(s10, x, b0);
    s11 = step<T>(s11, x, b1);
    x = v128.load_splat<T>(a2);
    s20 = step<T>(s20, x, b0);
    s21 = step<T>(s21, x, b1);
    x = v128.load_splat<T>(a3);
    s30 = step<T>(s30, x, b0);
    s31 = step<T>(s31, x, b1);
    a0 += aStep;
    a1 += aStep;
    a2 += aStep;
    a3 += aStep;
    b += bStep;
  }
  const rest = valid - lanes<T>();
  put<T>(c3, s30, valid);
  put<T>(c3 + 16, s31, rest);
  put<T>(c2, s20, valid);
  put<T>(c2 + 16, s21, rest);
  put<T>(c1, s10, valid);
  put<T>(c1 + 16, s11, rest);
  put<T>(c0, s00, valid);
  put<T>(c0 + 16, s01, rest);
}

/** Four rows, one vector. */
export function tile4x1<T>(
  c0: usize, c1: usize, c2: usize, c3: usize,
  a0: usize, a1: usize, a2: usize, a3: usize, aStep: usize,
  b: usize, bStep: usize, depth: i32, valid: i32,
): void {
  let s0 = v128.load(c0), s1 = v128.load(c1), s2 = v128.load(c2), s3 = v128.load(c3);
  for (let k = 0; k < depth; k++) {
    const b0 = v128.load(b);
    s0 = step<T>(s0, v128.load_splat<T>(a0), b0);
    s1 = step<T>(s1, v128.load_splat<T>(a1), b0);
    s2 = step<T>(s2, v128.load_splat<T>(a2), b0);
    s3 = step<T>(s3, v128.load_splat<T>(a3), b0);
    a0 += aStep;
    a1 += aStep;
    a2 += aStep;
    a3 += aStep;
    b += bStep;
  }
  put<T>(c3, s3, valid);
  put<T>(c2, s2, valid);
  put<T>(c1, s1, valid);
  put<T>(c0, s0, valid);
}

/** One row, four vectors: as many independent sums as hide the latency of an addition. */
export function tile1x4<T>(
  c: usize, a: usize, aStep: usize, b: usize, bStep: usize, depth: i32, valid: i32,
): void {
  let s0 = v128.load(c), s1 = v128.load(c, 16), s2 = v128.load(c, 32), s3 = v128.load(c, 48);
  for (let k = 0; k < depth; k++) {
    const x = v128.load_splat<T>(a);
    s0 = step<T>(s0, x, v128.load(b));
    s1 = step<T>(s1, x, v128.load(b, 16));
    s2 = step<T>(s2, x, v128.load(b, 32));
    s3 = step<T>(s3, x, v128.load(b, 48));
    a += aStep;
    b += bStep;
  }
  put<T>(c, s0, valid);
  put<T>(c + 16, s1, valid - lanes<T>());
  put<T>(c + 32, s2, valid - 2 * lanes<T>());
  put<T>(c + 48, s3, valid - 3 * lanes<T>());
}

/** One row, two vectors: the row left over by tiles of four. */
export function tile1x2<T>(
  c: usize, a: usize, aStep: usize, b: usize, bStep: usize, depth: i32, valid: i32,
): void {
  let s0 = v128.load(c), s1 = v128.load(c, 16);
  for (let k = 0; k < depth; k++) {
    const x = v128.load_splat<T>(a);
    s0 = step<T>(s0, x, v128.load(b));
    s1 = step<T>(s1, x, v128.load(b, 16));
    a += aStep;
    b += bStep;
  }
  put<T>(c, s0, valid);
  put<T>(c + 16, s1, valid - lanes<T>());
}
