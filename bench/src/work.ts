import { of } from 'rxjs';
import type { Observable } from 'rxjs';

/** Methods that do next to nothing, so that what is left is the cost of what is put around them. */
export class Work {
  value = 0;

  plain(): number {
    return ++this.value;
  }

  async plainAsync(): Promise<number> {
    return ++this.value;
  }

  stream(): Observable<number> {
    return of(++this.value);
  }
}
