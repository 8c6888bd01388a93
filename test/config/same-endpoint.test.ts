import { expect, test } from 'vitest';
import { isSameEndpoint } from '../../src/config/webhook-url.ts';

const URL_OF_UAT = 'https://crm.example.com/spotdraft/uat';

test.each([
  'https://crm.example.com/spotdraft/uat?env=prod',
  'https://crm.example.com/spotdraft/uat/',
  'https://crm.example.com/spotdraft/%75at',
  'https://crm.example.com/%73potdraft/u%61t',
  'https://crm.example.com//spotdraft//uat',
  'https://crm.example.com./spotdraft/uat',
  'https://CRM.example.com:443/spotdraft/x/../uat#prod',
])('%s is the same receiver', (url) => {
  expect(isSameEndpoint(url, URL_OF_UAT)).toBe(true);
});

test.each([
  'https://crm.example.com/spotdraft/prod',
  'https://crm.example.com/spotdraft/UAT',
  'https://crm.example.com/spotdraft%2Fuat',
  'https://crm.example.com:8443/spotdraft/uat',
  'https://crm2.example.com/spotdraft/uat',
])('%s is another receiver', (url) => {
  expect(isSameEndpoint(url, URL_OF_UAT)).toBe(false);
});
