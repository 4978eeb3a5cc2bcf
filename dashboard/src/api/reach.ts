/** Whether the server can be reached: one banner and one retry for the whole page. */

const DELAYS_S = [1, 2, 4, 8, 10];

export type Reach = { isReachable: true } | { isReachable: false; seconds: number };

type Listener = () => void;

export class ReachStore {
  private reach: Reach = { isReachable: true };
  private listeners = new Set<Listener>();
  private returned = new Set<Listener>();
  private failures = 0;

  constructor(private readonly probe: () => Promise<boolean>) {}

  get = (): Reach => this.reach;

  subscribe = (listener: Listener): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Call `listener` each time the server has come back. */
  onReturn = (listener: Listener): (() => void) => {
    this.returned.add(listener);
    return () => this.returned.delete(listener);
  };

  /** A request got no answer. */
  lose = (): void => {
    if (!this.reach.isReachable) return;
    this.failures = 0;
    this.wait();
  };

  /** Ask whether the server is there: for a stream that broke, to learn whether it is only the stream. */
  check = async (): Promise<void> => {
    if (this.reach.isReachable && !(await this.probe())) this.lose();
  };

  private wait(): void {
    let seconds = DELAYS_S[Math.min(this.failures, DELAYS_S.length - 1)] ?? 10;
    this.failures += 1;
    this.tell({ isReachable: false, seconds });
    const clock = setInterval(() => {
      seconds -= 1;
      if (seconds > 0) {
        this.tell({ isReachable: false, seconds });
        return;
      }
      clearInterval(clock);
      void this.probe().then((isThere) => {
        if (!isThere) {
          this.wait();
          return;
        }
        this.tell({ isReachable: true });
        for (const listener of this.returned) listener();
      });
    }, 1000);
  }

  private tell(reach: Reach): void {
    this.reach = reach;
    for (const listener of this.listeners) listener();
  }
}
