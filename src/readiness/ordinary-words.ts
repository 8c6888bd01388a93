const words = `
  squat kumquat loquat adequat
  latest contest protest attest detest greatest fastest hottest lightest brightest smartest shortest cutest
  testament testimony testimonial testimonials testify tested
  developer developers device devices devil devon devote devoted devotion
  postage hostage backstage upstage downstage onstage offstage multistage
  democracy democrat democratic demographic demographics demolition demon demonstrate demonstration demote
  qatar qatari qantas
  sandboxed sandboxes
  industrial terrestrial trials
  hammock smock mocked
  template templates temple temperature tempo temporary
  site sites sitemap sitting situation situate visit deposit transit composit benefit
  point points print prints joint mint paint saint hint sprint stint tint checkpoint endpoint blueprint footprint
  sharepoint viewpoint waypoint fingerprint maint intel intake into intro interest interface interim internal
  international internet intern integrate integration integrations intelligence
  account accounts accounting access accept accepted accident accord acclaim
  press premium premier premiere preview present president prefix prepare prepaid presales pretty prevent previous
  training trainer trainers trainee strain constrain
  label labels labor labour collab slab
  alphabet betas localhost locale locals
  product products production producer producers productivity
  perfect perform performance perfume
  loading loads download upload workload payload
  gold fold hold bold sold told cold household threshold older news newest newsletter newer renew
  autopilot copilot samples examples
`;

/**
 * Ordinary words that begin or end with the usual names of test environments. A marker glued to letters is not one when the
 * whole is such a word: `latest.northwind.example` is no test host.
 */
export const ordinaryWords: ReadonlySet<string> = new Set(words.trim().split(/\s+/));

const beginnings = `
  acc accept alpha beta build cert check cloud copy demo dev dry eval exam ex exp fake hot int lab live load local lower mock
  model new next non old perf pilot play pre preview prep pro prod proto ref regression release sample sand sim sit stag stage
  stand sub temp temper test train training trans trial try val verify
`;

/**
 * Usual names of test environments that begin many ordinary words and names: `stagecoach`, `testarossa`, `demokratia`. No list
 * holds all of these, so letters directly after such a marker make it another word. `uat` and `sandbox` begin none.
 */
export const wordBeginnings: ReadonlySet<string> = new Set(beginnings.trim().split(/\s+/));
