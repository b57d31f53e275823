// An origin: answers each request with its headers and its trailers, as JSON, once its body has ended. Prints its port.
import { createServer } from "node:http";

const server = createServer({ maxHeaderSize: 1 << 20 }, (request, response) => {
    request.resume().on("end", () => {
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ headers: request.rawHeaders, trailers: request.rawTrailers }));
    });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
