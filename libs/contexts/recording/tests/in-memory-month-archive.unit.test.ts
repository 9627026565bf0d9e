import { InMemoryMonthArchive, monthArchiveContract } from '@ferry/recording/testing';

monthArchiveContract('InMemoryMonthArchive', () => Promise.resolve(new InMemoryMonthArchive()));
