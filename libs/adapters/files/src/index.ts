export * from './file-month-archive.js';
