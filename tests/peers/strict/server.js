// A CSMS for OCPP 1.6 with ocpp-rpc in strict mode. It listens on a loopback port that the system chooses, and speaks JSON lines:
//
//   out  {"listening": port}
//        {"call": action, "params": {...}}                       the station asks; it has been answered
//        {"wrong": what, "text": ...}                            a frame that strict mode, or the protocol, does not allow
//        {"id": n, "result": {...}} or {"id": n, "error": code}  the answer to a line that came in
//   in   {"id": n, "action": ..., "params": {...}}               ask the station
'use strict';

const { createInterface } = require('readline');
const { RPCServer } = require('ocpp-rpc');

const tell = (line) => process.stdout.write(JSON.stringify(line) + '\n');
const now = () => new Date().toISOString();
const accepted = { status: 'Accepted' };
let transactions = 0;

const ANSWERS = {
    Authorize: () => ({ idTagInfo: accepted }),
    BootNotification: () => ({ currentTime: now(), interval: 300, status: 'Accepted' }),
    DataTransfer: () => ({ status: 'UnknownVendorId' }),
    Heartbeat: () => ({ currentTime: now() }),
    SignCertificate: () => accepted,
    StartTransaction: () => ({ transactionId: ++transactions, idTagInfo: accepted }),
    StopTransaction: () => ({ idTagInfo: accepted }),
};
const EMPTY = [
    'DiagnosticsStatusNotification', 'FirmwareStatusNotification', 'LogStatusNotification', 'MeterValues', 'SecurityEventNotification',
    'SignedFirmwareStatusNotification', 'StatusNotification',
];

const server = new RPCServer({ protocols: ['ocpp1.6'], strictMode: true });
let station = null;

server.on('client', (client) => {
    station = client;
    client.on('strictValidationFailure', ({ messageId, method, params, result, isCall, outbound, error }) => {
        const what = `${outbound ? 'ours' : 'theirs'}: ${isCall ? 'CALL' : 'CALLRESULT'} ${method}`;
        tell({ wrong: what, text: `${error.message} ${JSON.stringify(isCall ? params : result)} (${messageId})` });
    });
    client.on('badMessage', ({ buffer, error }) => tell({ wrong: 'unreadable', text: `${error.message} ${buffer}` }));
    client.on('protocolError', (error) => tell({ wrong: 'protocol', text: String(error) }));
    for (const action of [...Object.keys(ANSWERS), ...EMPTY]) {
        client.handle(action, ({ params }) => {
            tell({ call: action, params });
            return ANSWERS[action] ? ANSWERS[action](params) : {};
        });
    }
    client.handle(({ method, params }) => {
        tell({ wrong: `theirs: CALL ${method}`, text: `no station sends this ${JSON.stringify(params)}` });
        return {};
    });
});

createInterface({ input: process.stdin }).on('line', async (line) => {
    const { id, action, params } = JSON.parse(line);
    try {
        tell({ id, result: await station.call(action, params) });
    } catch (error) {
        tell({ id, error: error.rpcErrorCode ?? 'Failed', text: error.message });
    }
}).on('close', () => process.exit(0));

server.listen(0, '127.0.0.1').then((http) => tell({ listening: http.address().port }));
