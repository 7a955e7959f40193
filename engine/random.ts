/**
 * The only source of randomness: named streams derived from one seed. A stream depends on the seed and its name and
 * on nothing else, so a new user of randomness changes no other draw, and two protocols meet the same luck. The
 * generator is xoroshiro128+ (Blackman and Vigna 2018), from pure-rand.
 */
import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { RandomStream } from './world.ts';

/** Mixes a name and a seed into four 32-bit words (FNV-1a a word, each with the finaliser of MurmurHash3). */
export function hashName(seed: number, name: string): [number, number, number, number] {
  const words: [number, number, number, number] = [0, 0, 0, 0];
  const low = seed | 0;
  const high = Math.floor(seed / 4294967296) | 0;
  for (let word = 0; word < 4; word++) {
    let hash = Math.imul(0x811c9dc5 ^ Math.imul(word + 1, 0x9e3779b1), 0x01000193);
    hash = Math.imul(hash ^ low, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15) ^ high, 0xc2b2ae35);
    for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    words[word] = (hash ^ (hash >>> 16)) | 0;
  }
  return words;
}

class Stream implements RandomStream {
  private readonly generator: RandomGenerator;

  constructor(seed: number, name: string) {
    const state = hashName(seed, name);
    const dead = state.every((word) => word === 0);
    this.generator = dead ? xoroshiro128plus(1) : xoroshiro128plusFromState(state);
    for (let i = 0; i < 4; i++) this.generator.next();
  }

  next(): number {
    return this.generator.next() >>> 0;
  }

  uniform(): number {
    const high = this.generator.next() >>> 5;
    const low = this.generator.next() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  below(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 4294967296)
      throw new RangeError(
        `below: bound is ${bound}, a whole number from 1 to 2^32 would be right`,
      );
    const limit = 4294967296 - (4294967296 % bound);
    let drawn = this.next();
    while (drawn >= limit) drawn = this.next();
    return drawn % bound;
  }
}

/** A fresh stream for that seed (a whole number from 0 to 2^53) and name, at its beginning. */
export function randomStream(seed: number, name: string): RandomStream {
  return new Stream(seed, name);
}
