import { PostgresStandingBoard, PostgresWebhookCountLog } from '@ferry/postgres';
import { CountWebhooks } from '@ferry/recording';
import { ContainerModule } from 'inversify';
import { HeldStanding } from '../held-standing.js';
import { T } from '../tokens.js';

/** What recording tells of itself: `/health`, `/api/v1/payments/stats`. */
export const recordingFiguresModule = new ContainerModule(({ bind }) => {
  bind(T.WebhookCountLog).toResolvedValue((database) => new PostgresWebhookCountLog(database), [T.AppDatabase]);
  bind(T.CountWebhooks).toResolvedValue((log, clock) => new CountWebhooks(log, clock), [T.WebhookCountLog, T.Clock]);
  bind(T.StandingBoard).toResolvedValue((database) => new PostgresStandingBoard(database), [T.AppDatabase]);
  bind(T.HeldStanding).toResolvedValue((board) => new HeldStanding(board), [T.StandingBoard]);
});
