import { channelsContract, InMemoryChannels, rejectedWebhooksContract } from '@ferry/recording/testing';

const make = () => Promise.resolve(new InMemoryChannels());

channelsContract('InMemoryChannels', make);
rejectedWebhooksContract('InMemoryChannels', make);
