/** True when the long variants run (npm run test:long). */
export const long = process.env.ENVCHECK_TEST_LONG === '1';
