/** Training on threads: the bits and the books of the simulated world. */
import { testTraining } from './real-training.ts';

testTraining('threads');
