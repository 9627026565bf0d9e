import { Digits } from '@ferry/kernel';
import { FieldRule, isPlainText } from '../../http/rules.js';

/** A number of the body: an integer without sign, fraction or exponent. */
export const IsInteger = (minimum: number, maximum: number): PropertyDecorator =>
  FieldRule('integer', {
    holds: (value) =>
      value instanceof Digits &&
      /^(0|[1-9]\d{0,8})$/.test(value.text) &&
      +value.text >= minimum &&
      +value.text <= maximum,
    detail: `must be an integer from ${minimum} to ${maximum}`,
    schema: { type: 'integer', minimum, maximum },
  });

export const IsListOfTexts = (lengthMax: number, words?: readonly string[]): PropertyDecorator =>
  FieldRule('list', {
    holds: (value) =>
      Array.isArray(value) &&
      value.length <= lengthMax &&
      value.every((one) => typeof one === 'string' && isPlainText(one) && (words?.includes(one) ?? one.length <= 64)),
    detail: `must be a list of ${lengthMax} ${words ? `of ${words.join(', ')}` : 'texts'} at most`,
    schema: {
      type: 'array',
      maxItems: lengthMax,
      items: { type: 'string', ...(words ? { enum: [...words] } : { maxLength: 64 }) },
    },
  });
