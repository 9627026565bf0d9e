import {
  PostgresStagingFigures,
  PostgresStandingBoard,
  PostgresStandingCounting,
  PostgresWebhookCountLog,
} from '@ferry/postgres';
import { CountWebhooks, TellStanding, TodayStats } from '@ferry/recording';
import { ContainerModule } from 'inversify';
import { HeldStanding } from '../held-standing.js';
import { T } from '../tokens.js';

/** What recording tells of itself: `/health`, `/api/v1/payments/stats`. */
export const recordingFiguresModule = new ContainerModule(({ bind }) => {
  const app = [T.AppDatabase] as const;
  bind(T.WebhookCountLog).toResolvedValue((database) => new PostgresWebhookCountLog(database), [...app]);
  bind(T.CountWebhooks).toResolvedValue((log, clock) => new CountWebhooks(log, clock), [T.WebhookCountLog, T.Clock]);
  bind(T.StagingFigures).toResolvedValue((database) => new PostgresStagingFigures(database), [...app]);
  bind(T.TodayStats).toResolvedValue(
    (figures, log, clock) => new TodayStats(figures, log, clock),
    [T.StagingFigures, T.WebhookCountLog, T.Clock],
  );
  bind(T.StandingBoard).toResolvedValue((database) => new PostgresStandingBoard(database), [...app]);
  bind(T.HeldStanding).toResolvedValue((board) => new HeldStanding(board), [T.StandingBoard]);
  bind(T.TellStanding).toResolvedValue(
    (database, sources, leases, board, clock) =>
      new TellStanding(new PostgresStandingCounting(database, sources, leases), board, clock),
    [T.AppDatabase, T.StagingSources, T.JobLeases, T.StandingBoard, T.Clock],
  );
});
