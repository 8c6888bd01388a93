import { type Kysely, sql } from 'kysely';

/**
 * Calls of the integration that name a contract only in their path get its number, as new rows do: a contract `T-1234` or 1234
 * below `/contracts/`, also behind a version, or the filter of a list.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`with below as (
      select rowid as call, substr(path, instr(lower(path), '/contracts/') + 11) || '/' as rest from api_calls
      where reporter = 'integration' and contract_id is null and instr(lower(path), '/contracts/') > 0
    ), filtered as (
      select rowid as call, substr(path, instr(path, 'filter__contract_id=') + 20) || '/' as rest from api_calls
      where reporter = 'integration' and contract_id is null and instr(path, 'filter__contract_id=') > 0
    ), unversioned as (
      select call, iif(lower(rest) glob 'v[0-9]/*' or lower(rest) glob 'v[0-9][0-9]/*', substr(rest, instr(rest, '/') + 1), rest) as rest
      from below union all select call, rest from filtered
    ), segments as (
      select call, substr(rest, 1, instr(replace(replace(rest, '?', '/'), '&', '/'), '/') - 1) as segment from unversioned
    ), numbers as (
      select call, rtrim(iif(upper(segment) glob '[TH]-*', substr(segment, 3), segment),
        iif(upper(segment) glob '[TH]-*[A-Z]', substr(segment, -1), '')) as digits from segments
    )
    update api_calls set contract_id = cast(digits as integer), contract_id_exact = 0 from numbers
    where api_calls.rowid = numbers.call and digits <> '' and digits not glob '*[^0-9]*' and length(digits) <= 15
      and cast(digits as integer) > 0`.execute(db);
}
