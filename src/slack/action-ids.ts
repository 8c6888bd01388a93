/** Ids of interactive elements, which a click sends back. Old messages keep them, so they never change. */
export const actionIds = {
  recheck: 'report_recheck',
  showAll: 'report_show_all',
  share: 'report_share',
  shareFind: 'find_share',
  showFind: 'find_show',
  olderEvents: 'events_older',
  shareEvents: 'events_share',
  registerWebhook: 'webhook_register',
  deleteWebhook: 'webhook_delete',
  compareAgain: 'diff_again',
  showAllDifferences: 'diff_show_all',
  shareDiff: 'diff_share',
  acceptDifference: 'diff_accept',
  acceptCheck: 'report_accept',
  revokeWaiver: 'waiver_revoke',
  retriggerWebhook: 'webhook_retrigger',
  homeCheck: 'home_check',
  homeReport: 'home_report',
  homeHistory: 'home_history',
  homeWaivers: 'home_waivers',
  homeChecklist: 'home_checklist',
  homeFailures: 'home_failures',
  openSignOff: 'sign_off_open',
  checklistAgain: 'checklist_again',
  acknowledgeFailure: 'failure_acknowledge',
  shareFailures: 'failures_share',
} as const;

/** Ids of shortcuts, as in manifest.yml. */
export const shortcutIds = { findIds: 'find_ids' } as const;

/** Ids of modals, which a submission sends back. */
export const viewIds = {
  accept: 'waiver_accept',
  signOff: 'sign_off',
  acknowledge: 'failure_acknowledge',
} as const;

/** Ids of the Differences buttons of one environment, one for each environment that it is compared with. */
export const homeDiffIds = ['home_diff', 'home_diff_2', 'home_diff_3'] as const;
