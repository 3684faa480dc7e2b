/** Orders that came together, and go together as long as there is room. */
export interface Batch {
  readonly channel: string;
  /** Which of the roles of its channel it is at. */
  readonly pass: number;
  readonly orders: number;
  /** Seconds: when the orders came. */
  readonly born: number;
  /** Seconds that work on them has taken so far. */
  readonly worked: number;
  /** They are counted: they came after the beginning. */
  readonly counts: boolean;
  readonly late: boolean;
}

interface Place {
  batch: Batch;
  pieces: number;
  readonly since: number;
}

/** What was taken from a line. */
export interface Taken {
  readonly batch: Batch;
  readonly pieces: number;
  /** Seconds: when it came to this line. */
  readonly since: number;
}

/** Work that waits, in the order of coming. */
export class Line {
  #places: Place[] = [];
  #first = 0;
  #pieces = 0;

  /** Pieces that wait. */
  get pieces(): number {
    return this.#pieces;
  }

  /** When the first piece came; undefined if none waits. */
  get oldest(): number | undefined {
    return this.#places[this.#first]?.since;
  }

  add(batch: Batch, pieces: number, now: number): void {
    this.#places.push({ batch, pieces, since: now });
    this.#pieces += pieces;
  }

  /** As much as there is room for, the last batch in part. */
  take(room: number): Taken[] {
    const taken: Taken[] = [];
    for (let left = room, place = this.#places[this.#first]; place !== undefined && left > 0; place = this.#places[this.#first]) {
      const { batch, pieces, since } = place;
      if (pieces <= left) {
        taken.push({ batch, pieces, since });
        left -= pieces;
        this.#drop();
        continue;
      }
      const part = left / pieces;
      taken.push({ batch: { ...batch, orders: batch.orders * part }, pieces: left, since });
      place.batch = { ...batch, orders: batch.orders * (1 - part) };
      place.pieces = pieces - left;
      this.#pieces -= left;
      left = 0;
    }
    return taken;
  }

  /** Everything that came before a moment. */
  takeOlder(than: number): Taken[] {
    const taken: Taken[] = [];
    for (let place = this.#places[this.#first]; place !== undefined && place.since < than; place = this.#places[this.#first]) {
      taken.push(place);
      this.#drop();
    }
    return taken;
  }

  #drop(): void {
    this.#pieces = Math.max(0, this.#pieces - (this.#places[this.#first]?.pieces ?? 0));
    this.#first += 1;
    if (this.#first < 1024 && this.#first < this.#places.length) return;
    this.#places = this.#places.slice(this.#first);
    this.#first = 0;
    // Sums of fractions drift: an empty line holds nothing.
    if (this.#places.length === 0) this.#pieces = 0;
  }
}
