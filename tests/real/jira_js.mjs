// Drives a simulated Jira Cloud by jira.js, which checks every answer against schemas of its own.
// Arguments: address, e-mail, token. Prints one line of JSON: what was seen, and what did not fit.
import { createCloudClient } from 'jira.js';
import { createServiceDeskClient } from 'jira.js/serviceDesk';

const [host, email, apiToken] = process.argv.slice(2);
const drift = [];
const config = { host, auth: { type: 'basic', email, apiToken }, onSchemaMismatch: (report) => drift.push(report) };
const jira = createCloudClient(config);
const doc = (text) => ({ type: 'doc', version: 1, content: [{ type: 'paragraph', content: [{ type: 'text', text }] }] });

const fields = { project: { key: 'SUP' }, issuetype: { name: 'Incident' }, summary: 'From Node', description: doc('why') };
const made = await jira.issues.createIssue({ fields });
const issueIdOrKey = made.key;
await jira.issues.editIssue({ issueIdOrKey, fields: { labels: ['node'], priority: { name: 'High' } } });
await jira.issueComments.addComment({ issueIdOrKey, body: doc('for everybody') });
const internal = [{ key: 'sd.public.comment', value: { internal: true } }];
await jira.issueComments.addComment({ issueIdOrKey, body: doc('for agents'), properties: internal });
// words alone go to version 2 of the API, and the comment is read back by version 3
const plain = await jira.issueComments.addComment({ issueIdOrKey, body: 'one\n\ntwo' });
await jira.issueAttachments.addAttachment({ issueIdOrKey, attachments: { filename: 'a.txt', content: Buffer.from('abc') } });
const { transitions } = await jira.issues.getTransitions({ issueIdOrKey, expand: 'transitions.fields' });
await jira.issues.doTransition({ issueIdOrKey, transition: { id: transitions[0].id } });
await jira.issues.doTransition({ issueIdOrKey, transition: { id: '61' }, fields: { resolution: { name: 'Done' } } });
const issue = await jira.issues.getIssue({ issueIdOrKey });
const bulk = await jira.issues.bulkFetchIssues({ issueIdsOrKeys: [made.id, 'SUP-99'], fields: ['*all'] });
const search = await jira.issueSearch.searchAndReconsileIssuesUsingJqlPost({ jql: 'labels = node', fields: ['summary'] });
const log = await jira.issues.getChangeLogs({ issueIdOrKey });
await jira.issues.getBulkChangelogs({ issueIdsOrKeys: [made.id] });
const comments = await jira.issueComments.getComments({ issueIdOrKey });
await jira.issueComments.getCommentsByIds({ ids: comments.comments.map((one) => Number(one.id)) });
await jira.issueRemoteLinks.createOrUpdateRemoteIssueLink({
  issueIdOrKey, globalId: 'k=1', object: { url: 'https://vendor.example/1', title: 'Case 1' },
});
await jira.issueProperties.setIssueProperty({ issueIdOrKey, propertyKey: 'connector', body: { marker: 'k1' } });
await jira.issueProperties.getIssueProperty({ issueIdOrKey, propertyKey: 'connector' });
await jira.issues.getCreateIssueMetaIssueTypes({ projectIdOrKey: 'SUP' });
await jira.issues.getCreateIssueMetaIssueTypeId({ projectIdOrKey: 'SUP', issueTypeId: '10001' });
await jira.issues.getEditIssueMeta({ issueIdOrKey });
await jira.issueAttachments.getAttachmentMeta();
await jira.issueAttachments.getAttachment({ id: issue.fields.attachment[0].id });
await jira.myself.getCurrentUser();
await jira.serverInfo.getServerInfo();
await jira.issueFields.getFields();
await jira.issuePriorities.searchPriorities({});
await jira.projects.getProject({ projectIdOrKey: 'SUP' });
await jira.projects.getAllStatuses({ projectIdOrKey: 'SUP' });

const desk = createServiceDeskClient(config);
const request = await desk.request.createCustomerRequest({
  serviceDeskId: '1', requestTypeId: '11', requestFieldValues: { summary: 'A request' },
});
const key = request.issueKey;
await desk.request.createRequestComment({ issueIdOrKey: key, body: 'hello', public: true });
await desk.request.getRequestComments({ issueIdOrKey: key });
await desk.request.getCustomerRequestByIdOrKey({ issueIdOrKey: key });
await desk.request.getCustomerTransitions({ issueIdOrKey: key });
await desk.servicedesk.getServiceDesks({});
await desk.servicedesk.getRequestTypes({ serviceDeskId: '1' });

console.log(JSON.stringify({
  key: made.key,
  status: issue.fields.status.name,
  plain: plain.body.content.map((one) => one.content[0].text),
  comments: comments.comments.map((one) => one.jsdPublic),
  bulk: [bulk.issues.length, bulk.issueErrors.length],
  found: search.issues.map((one) => one.fields.summary),
  changes: log.values.length,
  drift,
}));
