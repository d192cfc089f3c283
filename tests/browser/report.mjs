// The report in a browser: does it answer, to mouse, keyboard and screen reader, and keep to itself?
//
//     node report.mjs PROGRAM CHROMIUM MODULES [SHOTS]
//
// PROGRAM is the built `rapporteur`, run on the five texts and on texts made here; MODULES is the folder with
// playwright-core and axe-core; SHOTS a folder for the screenshots of docs/. Ends with 'N passed, 0 failed', or
// with the first check that fails.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [program, executablePath, modules, shots] = process.argv.slice(2).map((arg) => path.resolve(arg));
const require = createRequire(path.join(modules, "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const work = mkdtempSync(path.join(tmpdir(), "report-"));
process.on("exit", () => rmSync(work, { recursive: true, force: true }));

const SECTIONS = ["overview", "documents", "entities", "timeline", "places", "network", "quality"];
const WIDE = { width: 1280, height: 860 };
const PHONE = { width: 360, height: 740 };

let passed = 0;
const check = (name, good, found = "") => {
  assert.ok(good, `${name}${found === "" ? "" : `: ${JSON.stringify(found)}`}`);
  passed += 1;
};
const same = (name, found, wanted) => {
  assert.deepEqual(found, wanted, name);
  passed += 1;
};

const rapporteur = (...args) => execFileSync(program, args, { cwd: work, stdio: ["ignore", "pipe", "pipe"] }).toString();

// Datasets and their reports

rapporteur("report", path.join(root, "output"), "--raw", path.join(root, "raw"), "--out", "five.html");
const raw = (name) => readFileSync(path.join(root, "raw", name));

mkdirSync(path.join(work, "hostile"));
const hostile = `</script><script>window.hit = 1</script><!-- <b>Title</b>

Envoys of <img src=x onerror="window.hit = 2"> Russia met in Geneva, {{data}} </p></div></details></main>.

التقى مبعوثو روسيا وتركيا في جنيف يوم الأربعاء ولم يتفقوا على شيء يذكر في المحادثات.
`;
writeFileSync(path.join(work, "hostile/a.txt"), hostile);
writeFileSync(path.join(work, "hostile/b.txt"), Buffer.from("\ufeffEnvoys of Russia met\u0001 in Geneva.", "utf16le"));
writeFileSync(path.join(work, "hostile/c.txt"), Buffer.from("Caf\xe9 owners\r\nand envoys\tof Turkey met in Gen\xe8ve.\r\n", "latin1"));
writeFileSync(path.join(work, "hostile/metadata.csv"), `source_path,title,publisher\na.txt,"</title><script>window.hit = 3</script>","x"" onclick=""window.hit = 4"\n`);
rapporteur("run", "hostile", "--out", "hostile-data");
rapporteur("report", "hostile-data", "--raw", "hostile", "--out", "hostile.html");
rapporteur("report", "hostile-data", "--out", "blind.html");

mkdirSync(path.join(work, "many"));
for (let n = 0; n < 60; n += 1) {
  const text = `Talks, day ${n}\n\n` + "Envoys of Russia and Turkey met in Geneva, and nothing was agreed upon. ".repeat(300);
  writeFileSync(path.join(work, `many/${String(n).padStart(2, "0")}.txt`), text + "\n");
}
rapporteur("run", "many", "--out", "many-data");
rapporteur("report", "many-data", "--raw", "many", "--out", "many.html");

// The browser

const profile = path.join(work, "profile");
const context = async (viewport, colorScheme = "light", more = {}) => {
  const browser = await chromium.launchPersistentContext(mkdtempSync(profile), {
    executablePath,
    viewport,
    colorScheme,
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    ...more,
  });
  browser.setDefaultTimeout(20_000);
  return browser;
};
const told = [];
const asked = [];

/** Opens a report; everything that it says on the console or asks for is noted. */
const open = async (browser, name, hash = "") => {
  const page = await browser.newPage();
  const url = pathToFileURL(path.join(work, name)).href;
  page.on("console", (message) => told.push(`${name}: ${message.text()}`));
  page.on("pageerror", (error) => told.push(`${name}: ${error.message}`));
  page.on("request", (request) => {
    if (request.url().split("#")[0] !== url && !request.url().startsWith("data:")) asked.push(request.url());
  });
  await page.goto(url + hash);
  return page;
};

/** The rows of the mentions of a page's documents, by the names of their columns. */
const rowsOf = (page) => page.evaluate(() => {
  const columns = JSON.parse(document.getElementById("data").textContent).mentions.map(([name]) => name);
  return [...document.querySelectorAll(".doc")].map((doc) => {
    const data = JSON.parse(doc.querySelector(":scope > script").textContent);
    return { path: data.path, rows: data.mentions.map((row) => Object.fromEntries(row.map((cell, at) => [columns[at], cell]))) };
  });
});
const audit = async (page, name) => {
  // What the navigation covers where the page is scrolled is no fault.
  await page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    // It takes every link within the page for one that skips; that which does is tried below.
    rules: { "skip-link": { enabled: false } },
  }));
  const found = violations.map((violation) => [violation.id, violation.nodes.slice(0, 3).map((node) => node.html.slice(0, 200))]);
  same(`${name}: nothing for axe-core`, found, []);
};
const overflows = (page) => page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
const status = (page) => page.locator("#status").textContent();
const shownDocs = (page) => page.locator(".doc:not([hidden])").count();

/** Waits until a section is the one that is shown; the browser tells the page of a new address in its own time. */
const arrive = (page, id) => page.waitForFunction((id) => document.getElementById(id).classList.contains("now"), id);

// Light and wide: sections, mentions and their bytes, filters, keyboard

let browser = await context(WIDE);
let page = await open(browser, "five.html");
for (const id of SECTIONS) {
  await page.click(`nav a[href="#${id}"]`);
  await arrive(page, id);
  same(`${id} is shown alone`, await page.locator("main > section:visible").evaluateAll((all) => all.map((it) => it.id)), [id]);
  same(`${id} is said to be here`, await page.locator("nav a[aria-current=page]").textContent(), id[0].toUpperCase() + id.slice(1));
  same(`${id} has the focus`, await page.evaluate(() => document.activeElement.id), `${id}-h`);
  await audit(page, id);
  check(`${id} fits`, !(await overflows(page)));
}

await page.click('nav a[href="#documents"]');
await arrive(page, "documents");
await page.click("#all-open");
const documents = await rowsOf(page);
let at = 0;
for (const { path: file, rows } of documents) {
  const bytes = raw(file);
  for (const [n, row] of rows.entries()) {
    // All of them would take minutes; every seventh and the first of each document will do.
    const mark = page.locator(".text mark").nth(at);
    at += 1;
    if (n % 7 !== 0) continue;
    await mark.evaluate((it) => it.click());
    const own = page.locator("#raw-own");
    same(`bytes of ${row.mention_id}`, await own.getAttribute("data-hex"),
      bytes.subarray(row.raw_start, row.raw_end).toString("hex").replace(/(..)(?=.)/g, "$1 "));
    const shown = await own.evaluate((it) => it.textContent);
    if (!/[^\x20-\x7e]/.test(bytes.subarray(row.raw_start, row.raw_end).toString())) {
      same(`text of ${row.mention_id}`, shown, bytes.subarray(row.raw_start, row.raw_end).toString());
    }
    check("the panel names the row", (await page.locator("#panel").textContent()).includes(row.mention_id));
  }
}
await audit(page, "panel");
const blocks = await page.locator(".label").count();
check("blocks have labels", blocks > 100, blocks);
await page.locator(".block.removed .label").first().click();
check("a removed block has its rule", (await page.locator("#panel-body").textContent()).includes("rule"));
await page.keyboard.press("Escape");
check("Escape closes the panel", await page.locator("#panel").isHidden());

const all = documents.flatMap(({ rows }) => rows);
const number = (wanted) => all.filter(wanted).length;
await page.check('input[value="armed_group"]');
same("filter by kind", await page.locator(".doc:not([hidden]) .text mark:not(.off)").count(), number((row) => row.kind === "armed_group"));
check("the status counts", (await status(page)).endsWith(`${number((row) => row.kind === "armed_group")} mentions`), await status(page));
await page.click("#next");
check("the first match is gone to", (await status(page)).startsWith("match 1 of "));
await page.click("#previous");
const total = number((row) => row.kind === "armed_group");
same("the last match is gone to", await status(page), `match ${total} of ${total}`);
check("a match is in sight", await page.locator("mark.here").isVisible());
await page.click('button[type="reset"]');
await page.waitForFunction(() => /^6 of 6 texts, /.test(document.getElementById("status").textContent));
await page.selectOption('select[name="entity"]', "syria");
same("filter by entity", await page.locator(".doc:not([hidden]) .text mark:not(.off)").count(), number((row) => row.entity_id === "syria"));
await page.selectOption('select[name="entity"]', "");
await page.selectOption('select[name="side"]', "jihadist");
check("filter by side", (await shownDocs(page)) < 6 && (await shownDocs(page)) > 0);
await page.selectOption('select[name="side"]', "");
await page.selectOption('select[name="publisher"]', "Kassioun");
same("filter by publisher", await shownDocs(page), 1);
await page.selectOption('select[name="publisher"]', " ");
same("filter by no publisher", await page.locator('.doc:not([hidden])').evaluateAll((docs) => docs.every((doc) => doc.dataset.publisher === "")), true);
await page.selectOption('select[name="publisher"]', "");
await page.selectOption('select[name="year"]', "2018");
same("filter by year", await shownDocs(page), 3);
await page.selectOption('select[name="year"]', "");
await page.fill('input[name="text"]', "luck\" of the Syrian people");
await page.waitForFunction(() => document.getElementById("status").textContent.startsWith("1 of 6 texts"));
same("words across mentions are found", await page.evaluate(() => [...CSS.highlights.get("found")].map(String)), ["luck\" of the Syrian (demonym) people"]);
await page.fill('input[name="text"]', "(no such words");
await page.waitForFunction(() => document.getElementById("status").textContent.startsWith("0 of 6 texts"));
check("nothing found is said", await page.locator("#nothing").isVisible());
await page.click('button[type="reset"]');
await page.click("#labels");
check("kinds can be read behind mentions", (await page.locator(".text mark i").first().boundingBox()).width > 20);
await page.click("#labels");

// By keyboard alone
page = await open(browser, "five.html");
await page.keyboard.press("Tab");
same("the first stop is the way past the navigation", await page.evaluate(() => document.activeElement.textContent), "Skip to content");
await page.keyboard.press("Enter");
check("and it leads there", await page.evaluate(() => document.activeElement.id === "main"));
await page.reload();
const press = async (key, until, most = 60) => {
  for (let n = 0; n < most; n += 1) {
    await page.keyboard.press(key);
    if (await page.evaluate(until)) return true;
  }
  return false;
};
check("Tab leads to Documents", await press("Tab", () => document.activeElement.hash === "#documents"));
await page.keyboard.press("Enter");
await arrive(page, "documents");
check("Tab leads to the text", await press("Tab", () => document.activeElement.matches(".label, .text mark")));
check("arrows lead to mentions", await press("ArrowRight", () => document.activeElement.matches("mark[data-m='2']")));
const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
same("focus can be seen", ring, "solid");
await page.keyboard.press("Enter");
check("Enter opens the panel and goes there", await page.evaluate(() => document.activeElement.id === "panel-h"));
const third = documents[0].rows[2];
same("the panel has its bytes", await page.locator("#raw-own").textContent(), raw(documents[0].path).subarray(third.raw_start, third.raw_end).toString());
await page.keyboard.press("Escape");
check("Escape leads back to the mention", await page.evaluate(() => document.activeElement.matches("mark[data-m='2']")));
check("down leads to the next block", await press("ArrowDown", () => document.activeElement.matches(".label")));
check("one stop for a text", await page.evaluate(() => document.querySelectorAll(".doc[open] .text [tabindex='0']").length) === 1);

// Addresses
const linked = all.findLast((row) => row.entity_id !== null);
page = await open(browser, "five.html", `#mention=${linked.mention_id}`);
check("an address leads to a mention", (await page.locator("#panel").textContent()).includes(linked.mention_id));
await page.click("#panel a[href^='#entity=']");
await page.waitForFunction((id) => document.querySelector('select[name="entity"]').value === id, linked.entity_id);
await page.goBack();
await page.waitForFunction((id) => document.getElementById("panel").textContent.includes(id), linked.mention_id);

// Scripts off: nothing is hidden
await browser.close();
browser = await context(WIDE, "light", { javaScriptEnabled: false });
page = await open(browser, "five.html");
same("without scripts all sections stand", await page.locator("main > section:visible").count(), SECTIONS.length);
await browser.close();

// Dark, and on a phone
for (const [name, size, scheme] of [["dark", WIDE, "dark"], ["phone", PHONE, "light"], ["320 px", { width: 320, height: 600 }, "light"]]) {
  browser = await context(size, scheme, { reducedMotion: "reduce" });
  page = await open(browser, "five.html");
  for (const id of SECTIONS) {
    await page.evaluate((id) => { location.hash = id; }, id);
    await arrive(page, id);
    check(`${name}: ${id} fits`, !(await overflows(page)));
    if (size.width >= PHONE.width) await audit(page, `${name}: ${id}`);
  }
  await page.evaluate(() => { location.hash = "documents"; });
  await arrive(page, "documents");
  await page.click("#all-open");
  await page.locator(".text mark").first().click();
  check(`${name}: the panel fits`, !(await overflows(page)));
  await audit(page, `${name}: panel`);
  await browser.close();
}

// Hostile texts, odd encodings, and no raw texts
browser = await context(WIDE);
page = await open(browser, "hostile.html", "#documents");
await page.click("#all-open");
same("hostile texts do nothing", await page.evaluate(() => globalThis.hit), undefined);
same("and make no element", await page.locator("main img, main b, main script:not([type])").count(), 0);
const odd = await rowsOf(page);
at = 0;
for (const { path: file, rows } of odd) {
  const bytes = readFileSync(path.join(work, "hostile", file));
  for (const row of rows) {
    await page.locator(".text mark").nth(at).click();
    at += 1;
    same(`${file}: bytes of ${row.mention_id}`, await page.locator("#raw-own").getAttribute("data-hex"),
      bytes.subarray(row.raw_start, row.raw_end).toString("hex").replace(/(..)(?=.)/g, "$1 "));
    same(`${file}: title of the panel`, await page.locator("#raw-own").textContent(), await page.locator("#panel-h").textContent());
  }
}
check("mentions of odd encodings were looked at", at > 5, at);
await audit(page, "hostile");
const arabic = page.locator(".block p", { hasText: "التقى" });
same("Arabic runs from right to left", await arabic.evaluate((it) => getComputedStyle(it).direction), "rtl");
page = await open(browser, "blind.html", "#documents");
await page.locator(".text mark").first().click();
check("without raw texts the panel says so", (await page.locator("#panel").textContent()).includes("was not at hand"));

// A sample
page = await open(browser, "many.html", "#documents");
check("a sample is stated", (await page.locator("#documents > .note").first().textContent()).includes(" of 60 documents, spread evenly"));
check("it is below 10 MB", readFileSync(path.join(work, "many.html")).length < 10_000_000);
const begin = Date.now();
await page.fill('input[name="text"]', "agreed upon");
await page.waitForFunction(() => document.getElementById("status").textContent.includes("times these words"));
console.log(`a search of ${Math.round(readFileSync(path.join(work, "many.html")).length / 1e6)} MB took ${Date.now() - begin} ms`);
await page.emulateMedia({ media: "print" });
check("print shows all sections", (await page.locator("main > section:visible").count()) === SECTIONS.length);
check("and no controls", await page.locator("#filters").isHidden());
await browser.close();

same("nothing is said on the console", told, []);
same("nothing is asked of the network", asked, []);

if (shots) {
  mkdirSync(shots, { recursive: true });
  const shot = async (name, size, scheme, hash, act = async () => {}) => {
    browser = await context(size, scheme, { reducedMotion: "reduce" });
    page = await open(browser, "five.html", hash);
    await act();
    await page.waitForTimeout(200);
    await page.screenshot({ path: path.join(shots, `${name}.png`) });
    await browser.close();
  };
  await shot("report", { width: 1200, height: 800 }, "light", "#documents", async () => {
    const mark = page.locator(".text mark.event").nth(2);
    await mark.evaluate((it) => it.scrollIntoView({ block: "center" }));
    await mark.click();
  });
  await shot("report-dark", { width: 1100, height: 820 }, "dark", "#network");
  await shot("report-phone", { width: 390, height: 780 }, "light", "#overview");
}
console.log(`${passed} passed, 0 failed`);
