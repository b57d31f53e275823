// Sends requests over one HTTP/2 connection with a client certificate. Prints the body of each answer as a line of JSON.
//
// Arguments: port, certificate, key, and a file of requests: `[{"headers": [[name, value], …], "trailers": [[name, value], …]}, …]`.
import { readFileSync } from "node:fs";
import { connect } from "node:http2";

const [port, certificate, key, file] = process.argv.slice(2);
const options = { cert: readFileSync(certificate), key: readFileSync(key), rejectUnauthorized: false, ALPNProtocols: ["h2"] };
const connection = connect(`https://localhost:${port}`, options);
// A duplicated name has a list of values.
const fields = (pairs) => {
    const object = {};
    for (const [name, value] of pairs) {
        (object[name.toLowerCase()] ??= []).push(value);
    }
    return object;
};
for (const { headers, trailers } of JSON.parse(readFileSync(file, "utf8"))) {
    const body = await new Promise((resolve, reject) => {
        const stream = connection.request({ ":method": "POST", ":path": "/", ...fields(headers) }, { waitForTrailers: true });
        stream.on("wantTrailers", () => stream.sendTrailers(fields(trailers)));
        stream.setEncoding("utf8");
        let text = "";
        stream.on("data", (piece) => (text += piece));
        stream.on("end", () => resolve(text));
        stream.on("error", reject);
        stream.end("body");
    });
    console.log(JSON.stringify(body));
}
connection.close();
