// Business rule: tells the connector that a record changed. docs/webhooks.md says where everything goes.
//   Table: incident (the table of your connection)    When: async    Insert: yes    Update: yes
//   Filter: as narrow as the `query` of your connection, such as an assignment group
//   Condition: gs.getUserName() != 'connector'        (the connector's own account: its writes are no news to it)
// System properties: connector.webhook.url, connector.webhook.secret (type password2, read role admin).
// Of the record only its sys_id leaves the instance. A post that is lost costs nothing: the connector polls.
(function executeRule(current) {
    var secret = gs.getProperty('connector.webhook.secret');
    var stamp = String(Math.floor(new Date().getTime() / 1000));
    var body = JSON.stringify({ sys_id: String(current.getUniqueValue()) });
    var key = GlideStringUtil.base64Encode(secret);
    var mac = new GlideCertificateEncryption().generateMac(key, 'HmacSHA256', stamp + '.' + body);
    var request = new sn_ws.RESTMessageV2();
    request.setEndpoint(gs.getProperty('connector.webhook.url'));
    request.setHttpMethod('POST');
    request.setHttpTimeout(5000);
    request.setRequestHeader('Content-Type', 'application/json');
    request.setRequestHeader('X-Connector-Timestamp', stamp);
    request.setRequestHeader('X-Connector-Signature', 'sha256=' + mac);
    request.setRequestBody(body);
    try {
        var status = request.execute().getStatusCode();
        if (status < 200 || status > 299) {
            gs.warn('connector webhook: HTTP ' + status);
        }
    } catch (problem) {
        gs.warn('connector webhook: not sent');
    }
})(current);
