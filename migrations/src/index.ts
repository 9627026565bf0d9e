import { Tenancy1700000000001 } from './1700000000001-tenancy.js';
import { Payments1700000000002 } from './1700000000002-payments.js';
import { Messaging1700000000003 } from './1700000000003-messaging.js';
import { AddPayments1700000000004 } from './1700000000004-add-payments.js';
import { ParkedEvents1700000000005 } from './1700000000005-parked-events.js';
import { ChangePayments1700000000006 } from './1700000000006-change-payments.js';
import { Tenants1700000000007 } from './1700000000007-tenants.js';
import { ApiKeys1700000000008 } from './1700000000008-api-keys.js';
import { AuditLog1700000000009 } from './1700000000009-audit-log.js';
import { SweepInTurn1700000000010 } from './1700000000010-sweep-in-turn.js';
import { BusinessUnits1700000000011 } from './1700000000011-business-units.js';
import { PaymentsOfUnit1700000000012 } from './1700000000012-payments-of-unit.js';
import { Recording1700000000013 } from './1700000000013-recording.js';
import { Channels1700000000014 } from './1700000000014-channels.js';
import { Staging1700000000015 } from './1700000000015-staging.js';
import { RecordingMonths1700000000016 } from './1700000000016-recording-months.js';
import { RecordingFigures1700000000017 } from './1700000000017-recording-figures.js';

export { bootstrapSql, roles } from './bootstrap.js';

/** In order. A migration that has been released is never edited; the next one mends it. */
export const migrations = [
  Tenancy1700000000001,
  Payments1700000000002,
  Messaging1700000000003,
  AddPayments1700000000004,
  ParkedEvents1700000000005,
  ChangePayments1700000000006,
  Tenants1700000000007,
  ApiKeys1700000000008,
  AuditLog1700000000009,
  SweepInTurn1700000000010,
  BusinessUnits1700000000011,
  PaymentsOfUnit1700000000012,
  Recording1700000000013,
  Channels1700000000014,
  Staging1700000000015,
  RecordingMonths1700000000016,
  RecordingFigures1700000000017,
];

/** What the apps must find in the database, no more and no less. */
export const migrationNames = migrations.map(({ name }) => name);
