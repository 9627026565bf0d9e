import { InMemoryJobLeases, jobLeasesContract } from '@ferry/recording/testing';

jobLeasesContract('InMemoryJobLeases', async () => new InMemoryJobLeases());
