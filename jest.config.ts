import type { Config } from 'jest';

/** Suffix tells what a test needs: `.unit` nothing, `.int` real services, `.e2e` whole processes. */
const config: Config = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['ferry-source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': '@swc/jest' },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testMatch: ['**/*.(unit|int|e2e).test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
  coverageProvider: 'v8',
  // Waiting is for conditions, and a machine may be busy or paused: what fails by this has hung.
  testTimeout: 120_000,
  // Most of the time the slow suites wait for processes and outages, so two at once fit on two cores.
  maxWorkers: 2,
};
export default config;
