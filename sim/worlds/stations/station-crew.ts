/**
 * The crew of a world in which each node has a station: what a station is told, and what its reports mean. It does not
 * know how stations are started, nor what brings the messages.
 */
import type { NodeId } from '../../../engine/world.ts';
import type { ToNode } from '../board.ts';
import { readWholeRow, writeRow } from '../real/board-row.ts';
import {
  Crew,
  type CrewClient,
  type NodeSetup,
  type PlacedSetup,
  type Runner,
  type RunnerListener,
} from '../real/crew.ts';
import type { FromStation, StationSetup, ToStation } from './station-messages.ts';

/** Time for it to become known that the peer of a connection that has ended is gone. */
const CUT_PATIENCE_MS = 500;

/** What runs one station. */
export interface StationRunner extends Pick<Runner, 'end'> {
  ask(message: ToStation): void;
}

/** A runner, and how much it has said. */
interface Seat {
  readonly runner: StationRunner;
  isEnded: boolean;
  /** The last question for figures that it has answered. */
  answered: number;
}

export abstract class StationCrew extends Crew {
  private readonly seats: (Seat | null)[];
  /** The number of the last question for figures; 0 before the first. */
  private question = 0;

  constructor(setups: readonly NodeSetup[], client: CrewClient) {
    super(setups, client);
    this.seats = setups.map(() => null);
  }

  /** Figures that were asked for at the last call show each node as it was after that call. */
  look(): boolean {
    const present = this.seats.filter((seat) => seat !== null && !seat.isEnded) as Seat[];
    if (present.some(({ answered }) => answered < this.question)) return false;
    const isShown = this.question > 0;
    this.question++;
    for (const { runner } of present) runner.ask({ kind: 'look', number: this.question });
    return isShown;
  }

  override hold(node: NodeId, nowNs: number): void {
    super.hold(node, nowNs);
    this.ask(node, { kind: 'hold', nowNs });
  }

  override release(node: NodeId): void {
    super.release(node);
    this.ask(node, { kind: 'release' });
  }

  override pace(node: NodeId, slowness: number): void {
    super.pace(node, slowness);
    this.ask(node, { kind: 'pace', slowness });
  }

  /** Starts a station; `heard` gets what it says. */
  protected abstract open(setup: PlacedSetup, heard: (message: FromStation) => void): StationRunner;

  protected start(setup: PlacedSetup, listener: RunnerListener): Runner {
    const { node } = setup;
    const runner = this.open(setup, (message) => this.said(seat, node, message, listener));
    const seat: Seat = { runner, isEnded: false, answered: 0 };
    this.seats[node] = seat;
    return {
      tell: (message: ToNode) => runner.ask(message),
      end: () => {
        seat.isEnded = true;
        return runner.end();
      },
    };
  }

  /** What the station needs beside the work. */
  protected stationSetup({ board: _, work: __, ...setup }: PlacedSetup): StationSetup {
    const { steps } = this.board.work.memory;
    return { ...setup, steps, row: readWholeRow(this.board, setup.node) };
  }

  private ask(node: NodeId, message: ToStation): void {
    this.seats[node]?.runner.ask(message);
  }

  private said(seat: Seat, node: NodeId, message: FromStation, listener: RunnerListener): void {
    if (message.kind === 'lost') {
      seat.isEnded = true;
      listener.lost(message.what);
    } else if (message.kind === 'cut') this.cut(message, listener);
    else if (message.kind !== 'figures') listener.heard(message);
    else if (!seat.isEnded) {
      writeRow(this.board, node, message.row, false);
      seat.answered = Math.max(seat.answered, message.number);
    }
  }

  /** What was under way is lost: no node can go on as if nothing had been, unless the peer has ended. */
  private cut(
    { peer, incarnation, why }: FromStation & { kind: 'cut' },
    { lost }: RunnerListener,
  ): void {
    const judge = (): void => {
      if (this.runnerOf(peer, incarnation) !== null)
        lost(`its connection with node ${peer} has ended: ${why}`);
    };
    setTimeout(judge, CUT_PATIENCE_MS).unref();
  }
}
