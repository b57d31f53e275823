// Drives Chromium through the steps of `interop/browser`: `node drive.mjs EXECUTABLE PROFILE PORT [FLAG…]`. Prints the result of each step
// as a line of JSON.
import { chromium } from "playwright-core";

const [executablePath, profile, port, ...flags] = process.argv.slice(2);
const browser = await chromium.launchPersistentContext(profile, {
  executablePath,
  headless: true,
  timeout: 20_000,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--host-resolver-rules=MAP *.site.example 127.0.0.1", ...flags,
  ],
});
const page = browser.pages()[0] ?? (await browser.newPage());
page.setDefaultTimeout(10_000);
const url = (host, path) => `https://${host}.site.example:${port}${path}`;
const say = (step, result) => console.log(JSON.stringify([step, result]));
const allParts = async () => {
  await page.waitForFunction("window.parts?.length === 30");
  return page.evaluate("window.parts.filter((ok) => ok).length");
};
const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

try {
  await page.goto(url("app", "/page"));
  say("page", await allParts());
  await page.reload();
  say("reload", await allParts());

  // Stopped while its parts are loading, then loaded again.
  await page.goto(url("app", "/page?slow"), { waitUntil: "commit" });
  await wait(150);
  await page.evaluate("window.stop()");
  await page.reload();
  say("stopped among its parts, reloaded", await allParts());

  // Stopped before a connection's first request is answered, then requested again.
  const devtools = await browser.newCDPSession(page);
  const given = page.goto(url("stop", "/hangs")).then(() => "answered", () => "stopped");
  await wait(400);
  await devtools.send("Page.stopLoading");
  const first = await given;
  await wait(200);
  await page.goto(url("stop", "/hangs"));
  say("stopped before the answer, asked again", [first, await page.textContent("body")]);

  await page.goto(url("app", "/page"));
  await allParts();
  const socket = page.evaluate(
    (address) =>
      new Promise((done) => {
        const socket = new WebSocket(address);
        socket.onmessage = ({ data }) => done(data);
        socket.onerror = () => done("failed");
      }),
    url("app", "/socket").replace("https:", "wss:"),
  );
  say("WebSocket", await socket);
  const omitted = page.evaluate(async () => (await fetch("/omitted", { credentials: "omit" })).status);
  say("fetch without credentials", await omitted);

  // A page of a host that does not ask shows a picture of one that enforces.
  await page.goto(url("www", "/plain"));
  const picture = page.evaluate(
    (address) =>
      new Promise((done) => {
        const image = new Image();
        image.onload = () => done("loaded");
        image.onerror = () => done("failed");
        image.src = address;
      }),
    url("api", "/picture"),
  );
  say("a picture of a host that enforces, on a page of one that does not ask", await picture);
} finally {
  await browser.close();
}
