import { describe } from '@jest/globals';
import { endingMonths } from './upkeep/ending-months.js';
import { forgettingReferences } from './upkeep/forgetting-references.js';
import { movingRows } from './upkeep/moving-rows.js';
import type { MakeUpkeepStore } from './upkeep-store.js';

/** What every PaymentMonths, MonthRows and AgedReferences on one store promise. */
export function upkeepContract(name: string, make: MakeUpkeepStore): void {
  describe(`${name} looks after its months and references`, () => {
    endingMonths(make);
    movingRows(make);
    forgettingReferences(make);
  });
}
