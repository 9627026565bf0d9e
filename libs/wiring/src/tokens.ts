import type { Clock, Logger, Meter, NewId, ServiceState } from '@ferry/kernel';
import type { EventPublisher, Outbox, RelayEvents } from '@ferry/messaging';
import type {
  CancelPayment,
  CreatePayments,
  DeadLetters,
  DuePayments,
  PaymentQueue,
  PaymentRepository,
  PaymentSignals,
  ProcessPayments,
  Rail,
  ReplayDeadLetters,
  SweepPayments,
  TenantRules,
} from '@ferry/payments';
import type { Database, PostgresMaintenance } from '@ferry/postgres';
import type {
  ChannelSecrets,
  Channels,
  ConfigureChannels,
  CountWebhooks,
  DrainStaging,
  HeldDoors,
  JobLeases,
  KeepRejected,
  RecordFacts,
  RecordedPayments,
  RecordingTenants,
  RejectedWebhookRetention,
  RejectedWebhooks,
  ReplayRejected,
  RunLeased,
  SeenReferences,
  StagingFigures,
  StandingBoard,
  TellStanding,
  TodayStats,
  TryChannel,
  WebhookCountLog,
  StagingErrors,
  StagingSources,
  StagingTables,
} from '@ferry/recording';
import type {
  AddBusinessUnit,
  ApiKeyRepository,
  AuditChain,
  Authenticator,
  ChainAudit,
  ChangeTenantStatus,
  ConfigureTenant,
  CountUsage,
  HeldConfigs,
  KeepSecrets,
  KeyDirectory,
  KeyUseLog,
  ManageKeys,
  ManageUsers,
  OnboardTenant,
  RecordKeyUses,
  SecretBox,
  Telling,
  TenantConfigs,
  TenantDirectory,
  TenantRepository,
  TenantUsers,
  UnchainedTenants,
  UsageCounting,
  UsageRecords,
} from '@ferry/tenancy';
import type { ServiceIdentifier } from 'inversify';
import type { HeldStanding } from './held-standing.js';
import type { JobRunner } from './jobs/job-runner.js';
import type { Lifecycle } from './lifecycle.js';
import type { EngineSettings, WorkerSettings } from './settings/index.js';

export const token = <T>(name: string): ServiceIdentifier<T> => Symbol.for(`ferry.${name}`);

/** What `/health` asks of a backing service. Each adapter adds itself when it is made, so that a process tells of what it uses. */
export interface Backing {
  readonly name: string;
  /** Without it the process cannot do its work. */
  readonly required: boolean;
  state(): ServiceState;
}

/** Everything that can be bound otherwise, in a test or in a composition root. */
export const T = {
  Clock: token<Clock>('Clock'),
  NewId: token<NewId>('NewId'),
  Logger: token<Logger>('Logger'),
  Meter: token<Meter>('Meter'),
  Lifecycle: token<Lifecycle>('Lifecycle'),
  EngineSettings: token<EngineSettings>('EngineSettings'),
  WorkerSettings: token<WorkerSettings>('WorkerSettings'),
  Backings: token<Backing[]>('Backings'),

  AppDatabase: token<Database>('AppDatabase'),
  SweeperDatabase: token<Database>('SweeperDatabase'),
  Maintenance: token<PostgresMaintenance>('Maintenance'),

  PaymentRepository: token<PaymentRepository>('PaymentRepository'),
  DuePayments: token<DuePayments>('DuePayments'),
  PaymentQueue: token<PaymentQueue>('PaymentQueue'),
  DeadLetters: token<DeadLetters>('DeadLetters'),
  PaymentSignals: token<PaymentSignals>('PaymentSignals'),
  Rails: token<ReadonlyMap<string, Rail>>('Rails'),
  TenantRules: token<TenantRules>('TenantRules'),
  CreatePayments: token<CreatePayments>('CreatePayments'),
  CancelPayment: token<CancelPayment>('CancelPayment'),
  ProcessPayments: token<ProcessPayments>('ProcessPayments'),
  SweepPayments: token<SweepPayments>('SweepPayments'),
  ReplayDeadLetters: token<ReplayDeadLetters>('ReplayDeadLetters'),

  Outbox: token<Outbox>('Outbox'),
  EventPublisher: token<EventPublisher>('EventPublisher'),
  RelayEvents: token<RelayEvents>('RelayEvents'),

  TenantRepository: token<TenantRepository>('TenantRepository'),
  TenantDirectory: token<TenantDirectory>('TenantDirectory'),
  ApiKeyRepository: token<ApiKeyRepository>('ApiKeyRepository'),
  KeyDirectory: token<KeyDirectory>('KeyDirectory'),
  KeyUseLog: token<KeyUseLog>('KeyUseLog'),
  TenantUsers: token<TenantUsers>('TenantUsers'),
  TenantConfigs: token<TenantConfigs>('TenantConfigs'),
  HeldConfigs: token<HeldConfigs>('HeldConfigs'),
  SecretBox: token<SecretBox>('SecretBox'),
  UnchainedTenants: token<UnchainedTenants>('UnchainedTenants'),
  AuditChain: token<AuditChain>('AuditChain'),
  UsageRecords: token<UsageRecords>('UsageRecords'),
  UsageCounting: token<UsageCounting>('UsageCounting'),
  Telling: token<Telling>('Telling'),
  Authenticator: token<Authenticator>('Authenticator'),
  RecordKeyUses: token<RecordKeyUses>('RecordKeyUses'),
  OnboardTenant: token<OnboardTenant>('OnboardTenant'),
  ChangeTenantStatus: token<ChangeTenantStatus>('ChangeTenantStatus'),
  AddBusinessUnit: token<AddBusinessUnit>('AddBusinessUnit'),
  ManageKeys: token<ManageKeys>('ManageKeys'),
  ManageUsers: token<ManageUsers>('ManageUsers'),
  ConfigureTenant: token<ConfigureTenant>('ConfigureTenant'),
  KeepSecrets: token<KeepSecrets>('KeepSecrets'),
  ChainAudit: token<ChainAudit>('ChainAudit'),
  CountUsage: token<CountUsage>('CountUsage'),

  WebhookCountLog: token<WebhookCountLog>('WebhookCountLog'),
  CountWebhooks: token<CountWebhooks>('CountWebhooks'),
  StagingFigures: token<StagingFigures>('StagingFigures'),
  TodayStats: token<TodayStats>('TodayStats'),
  StandingBoard: token<StandingBoard>('StandingBoard'),
  HeldStanding: token<HeldStanding>('HeldStanding'),
  TellStanding: token<TellStanding>('TellStanding'),
  RecordedPayments: token<RecordedPayments>('RecordedPayments'),
  SeenReferences: token<SeenReferences>('SeenReferences'),
  RecordFacts: token<RecordFacts>('RecordFacts'),

  Channels: token<Channels>('Channels'),
  RejectedWebhooks: token<RejectedWebhooks>('RejectedWebhooks'),
  RejectedWebhookRetention: token<RejectedWebhookRetention>('RejectedWebhookRetention'),
  RecordingTenants: token<RecordingTenants>('RecordingTenants'),
  ChannelSecrets: token<ChannelSecrets>('ChannelSecrets'),
  HeldDoors: token<HeldDoors>('HeldDoors'),
  KeepRejected: token<KeepRejected>('KeepRejected'),
  ConfigureChannels: token<ConfigureChannels>('ConfigureChannels'),
  TryChannel: token<TryChannel>('TryChannel'),
  ReplayRejected: token<ReplayRejected>('ReplayRejected'),
  JobLeases: token<JobLeases>('JobLeases'),
  RunLeased: token<RunLeased>('RunLeased'),
  JobRunner: token<JobRunner>('JobRunner'),
  StagingTables: token<StagingTables>('StagingTables'),
  StagingSources: token<StagingSources>('StagingSources'),
  StagingErrors: token<StagingErrors>('StagingErrors'),
  DrainStaging: token<DrainStaging>('DrainStaging'),
} as const;
