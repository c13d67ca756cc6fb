// How does one stream of events stay alive? It comes back after every break, ever more slowly while nobody answers, and rests while
// the page is hidden: a browser opens six connections to a host, and those of hidden tabs would keep the shown one from loading.
import { reachability } from "@/api/reachability";
import { sessions } from "@/session/session";

export type Connection = "connecting" | "open" | "waiting" | "ended";

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 15_000;

export class Stream {
  private source: EventSource | null = null;
  private timer: number | undefined;
  private pause = FIRST_PAUSE_MS;
  private isOver = false;
  /** Of the last event: what came after it is told first, where the stream keeps that. */
  private seen = "";
  private readonly forget: () => void;

  /**
   * `names` are the events to listen to: the members of the message's oneof, or `message`. `resumes`: its address takes the id of the
   * last event that was seen.
   */
  constructor(
    private readonly url: string,
    private readonly names: readonly string[],
    private readonly onMessage: (message: unknown) => void,
    private readonly onConnection: (connection: Connection) => void,
    private readonly resumes = false,
  ) {
    document.addEventListener("visibilitychange", this.follow);
    const stop = reachability.subscribe(() => {
      if (reachability.isThere() && this.source === null) this.follow();
    });
    this.forget = () => {
      document.removeEventListener("visibilitychange", this.follow);
      stop();
    };
    this.follow();
  }

  close(): void {
    this.isOver = true;
    this.forget();
    this.drop();
  }

  private readonly follow = (): void => {
    if (document.hidden || this.isOver) this.drop();
    else if (this.source === null) this.open();
  };

  private open(): void {
    this.drop();
    this.onConnection("connecting");
    const source = new EventSource(this.resumes && this.seen ? withQuery(this.url, "last_event_id", this.seen) : this.url);
    this.source = source;
    source.onopen = () => {
      reachability.found();
      this.onConnection("open");
    };
    for (const name of this.names) {
      source.addEventListener(name, (event) => {
        const message = event as MessageEvent<string>;
        this.pause = FIRST_PAUSE_MS;
        this.seen = message.lastEventId;
        this.onMessage(JSON.parse(message.data));
      });
    }
    source.addEventListener("end", () => {
      this.isOver = true;
      this.drop();
      this.onConnection("ended");
    });
    // Both a broken connection and the gateway's own event `error`: either way this one is over.
    source.onerror = () => {
      this.drop();
      this.onConnection("waiting");
      this.timer = window.setTimeout(this.follow, this.pause * (0.75 + Math.random() / 2));
      this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
      void reachability.check();
      // A stream does not say why it was refused.
      sessions.doubt();
    };
  }

  private drop(): void {
    window.clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }
}

function withQuery(url: string, name: string, value: string): string {
  return `${url}${url.includes("?") ? "&" : "?"}${name}=${encodeURIComponent(value)}`;
}
