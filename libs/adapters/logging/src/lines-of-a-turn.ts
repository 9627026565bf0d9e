/** Kept at most; beyond it they are written at once. */
const CHARACTERS_MAX = 65_536;

/**
 * Lines of one turn of the event loop, written in one piece: under load the answers of a batch leave in one turn, and winston's streams and
 * the write itself cost half of what a line does (7.2 against 3.8 µs of CPU). A process that is killed loses the lines of
 * its last turn, nothing older.
 */
export class LinesOfATurn {
  private text = '';
  private scheduled = false;

  constructor(private readonly write: (text: string) => void) {}

  add(line: string): void {
    this.text = this.text === '' ? line : `${this.text}\n${line}`;
    if (this.text.length > CHARACTERS_MAX) return this.flush();
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => this.flush());
  }

  flush(): void {
    this.scheduled = false;
    if (this.text === '') return;
    const { text } = this;
    this.text = '';
    this.write(text);
  }
}
