/** Training on hosts: the bits and the books of the simulated world. */
import { testTraining } from './real-training.ts';

testTraining('hosts');
