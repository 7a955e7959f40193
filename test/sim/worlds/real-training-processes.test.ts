/** Training on processes: the bits and the books of the simulated world. */
import { testTraining } from './real-training.ts';

testTraining('processes');
