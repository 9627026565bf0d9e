import { json } from '../../http/answer.js';
import { Problem, problemPath } from '../../http/problem.js';
import { isProblemCode, problemCodes } from '../../http/problem-codes.js';
import { Described, IsOneOf } from '../../http/rules.js';
import type { Route } from '../../http/route.js';

const Text = (): PropertyDecorator => Described({ type: 'string' });

/** What a problem code means; its path is the `type` of the code's documents. */
export class ProblemDescription {
  @Text()
  type!: string;

  @IsOneOf(Object.keys(problemCodes))
  code!: string;

  @Described({ type: 'integer', minimum: 400, maximum: 599 })
  status!: number;

  @Text()
  title!: string;

  @Described({ type: 'boolean' })
  retryable!: boolean;

  @Text()
  meaning!: string;

  @Text()
  remedy!: string;
}

const describe = (code: keyof typeof problemCodes): ProblemDescription => ({
  type: problemPath(code),
  code,
  ...problemCodes[code],
});

export const problemRoute: Route = {
  for: 'everybody',
  method: 'get',
  path: '/problems/:code',
  operationId: 'describeProblem',
  tag: 'Documents',
  summary: 'What a problem code means',
  params: { code: { type: 'string', enum: Object.keys(problemCodes) } },
  answers: {
    200: { description: 'The code.', body: ProblemDescription, example: describe('duplicate-reference') },
  },
  problems: ['problem-not-found'],
  async handle(context) {
    const code = context.param('code');
    if (!isProblemCode(code)) throw new Problem('problem-not-found', 'There is no such code.');
    return json(200, describe(code));
  },
};
