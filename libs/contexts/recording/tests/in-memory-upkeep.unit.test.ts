import { InMemoryUpkeep, upkeepContract } from '@ferry/recording/testing';

upkeepContract('InMemoryUpkeep', () => Promise.resolve(new InMemoryUpkeep()));
