/** Training on hosts: the bits and the books of the simulated world. */
import t from 'tap';
import { TESTED_WORLDS } from './crews.ts';
import { testTraining } from './real-training.ts';

const world = TESTED_WORLDS.find(({ name }) => name === 'hosts');
t.ok(world, 'it is one of those that are tested');
testTraining(world!);
