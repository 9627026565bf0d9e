import { keptFault, type DefinitionFault, type Unreadable, type WebhookFault } from '@ferry/recording';
import { pointerTo } from '../../http/check.js';
import { faultRules, type FaultRule } from '../../http/fault-rules.js';
import { blaming, invalidRequest, Problem, type FieldFault } from '../../http/problem.js';

/** Names and paths of others' making are shown no longer than this. */
const SHOWN_MAX = 64;
const POINTER_SHOWN_MAX = 256;

/** What recording calls otherwise than the API does. */
const otherWords: Readonly<Record<string, FaultRule>> = { 'max-length': 'length', 'max-bytes': 'bytes' };

const ruleOf = (rule: string): FaultRule =>
  otherWords[rule] ?? (Object.hasOwn(faultRules, rule) ? (rule as FaultRule) : 'object');

export const faultOf = (told: WebhookFault): FieldFault => {
  const { field, rule, detail, pointer } = keptFault(told);
  return {
    field: field.slice(0, SHOWN_MAX).toWellFormed(),
    rule: ruleOf(rule),
    detail,
    pointer: pointer === undefined ? undefined : `#${encodeURI(pointer.toWellFormed())}`.slice(0, POINTER_SHOWN_MAX),
  };
};

export const isCardFault = ({ rule }: WebhookFault): boolean => rule === 'card-number';

/** Nothing of the body could be recorded. */
export function rejected(faults: readonly WebhookFault[]): Problem {
  const cards = faults.filter(isCardFault);
  return cards.length > 0
    ? blaming('card-number-refused', 'Card numbers do not belong here', cards.map(faultOf))
    : invalidRequest(faults.map(faultOf));
}

/** Nothing could be read in the body. */
export function unreadable({ reason, detail }: Unreadable): Problem {
  if (reason === 'content-type') return new Problem('unsupported-media-type', `The channel ${detail}.`);
  if (reason === 'not-json' || reason === 'not-utf8') return new Problem('malformed-json', `The body ${detail}.`);
  return invalidRequest([{ field: 'body', rule: reason, detail, pointer: '#' }]);
}

/** The definition is at `definition` of the body. */
export const badDefinition = (faults: readonly DefinitionFault[]): Problem =>
  invalidRequest(
    faults.map(({ path, rule: detail }) => {
      const shown = path.slice(0, SHOWN_MAX).toWellFormed();
      const names = shown === '' ? [] : shown.split('.');
      const field = ['definition', ...names].join('.');
      return { field, rule: 'definition', detail, pointer: pointerTo('definition', ...names) };
    }),
  );
