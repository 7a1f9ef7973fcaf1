// The page: buttons, states and sentences around the line.

import { Line } from "/call/line.js";
import { meter } from "/call/meters.js";
import { Talk } from "/call/view.js";

const place = (id) => document.getElementById(id);
const { agent, business } = document.body.dataset;
const talk = new Talk(agent);
const speaker = place("speaker");

const FLOOR = {
  listening: "Your turn",
  hearing: "Listening to you",
  pausing: "Listening to you",
  thinking: `${agent} is thinking`,
  speaking: `${agent} is speaking`,
  weighing: "Listening to you",
  secure: "Use the keypad; nobody hears the keys",
};

const TROUBLE = {
  NotAllowedError: "Your browser does not let this page use the microphone. Allow it beside the page's address, then start the call again.",
  NotFoundError: "No microphone was found. Plug one in or switch it on, then start the call again.",
  NotReadableError: "Another program is using the microphone. Close it there, then start the call again.",
  insecure: "Calls need a secure page. Open this page by its https address.",
  busy: "All our lines are busy just now. Please try again in a minute.",
  unreachable: "The line cannot be reached. Check your internet connection, then start the call again.",
  lost: "The connection was lost and did not come back. Check your internet connection, then call again.",
  token_expired: "This call is too old to be taken up again. Start a new one.",
  call_over: "That call has ended meanwhile. Start a new one if you need anything else.",
};

const ENDED = {
  agent_hung_up: "The call has ended. Thank you for calling.",
  caller_hung_up: "You have hung up. Thank you for calling.",
  silence: "The call has ended because nothing was heard for a while.",
  drained: "The call had to be ended. Please call again.",
};

const AGAIN = "The connection was lost. Calling back…";
const OFFLINE = "Your internet connection is gone. The call goes on as soon as it is back.";

let line = null;
let microphone = null;
let context = null;
let meters = [];
let began = 0;
let clock = null;

function show(state, lead, status) {
  document.body.dataset.state = state;
  if (lead) place("lead").textContent = lead;
  if (status && place("status").textContent !== status) place("status").textContent = status;
}

function alarm(text) {
  place("alert").textContent = text ?? "";
  place("alert").hidden = !text;
}

async function start() {
  alarm(null);
  talk.clear();
  place("copy").hidden = true;
  place("talk").hidden = true;
  delete document.body.dataset.talk;
  show("connecting", `Calling ${business}`, "Waiting for your microphone");
  try {
    if (!navigator.mediaDevices) throw Object.assign(new Error(), { name: "insecure" });
    microphone = await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
    });
  } catch (error) {
    finish(null, { code: error.name });
    return;
  }
  show("connecting", null, "Connecting");
  context = new AudioContext();
  listen(microphone, (level) => {
    place("mute").style.setProperty("--level", level.toFixed(2));
    place("orb").style.setProperty("--mine", level.toFixed(2));
    place("mic").value = level;
  });
  line = new Line({ state: lineState, message: take, sound, hush, ended: finish });
  place("stop").focus();
  try {
    await line.open(microphone);
  } catch (error) {
    line.finish(null, error);
  }
}

function lineState(state) {
  if (state === "live") {
    if (!began) {
      began = performance.now();
      place("clock").hidden = false;
      clock = setInterval(tick, 500);
    }
    show("live", agent, FLOOR.thinking);
    alarm(null);
  } else if (state === "busy") {
    show("connecting", null, "All our lines are busy. Trying again…");
  } else {
    show("again", null, navigator.onLine ? AGAIN : OFFLINE);
  }
}

function tick() {
  const seconds = Math.floor((performance.now() - began) / 1000);
  place("clock").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function sound(stream) {
  hush(false);
  speaker.srcObject = stream;
  speaker.play().catch(() => {});
  meters.splice(1).forEach((stop) => stop());
  listen(stream, (level) => place("orb").style.setProperty("--level", level.toFixed(2)));
}

function hush(on) {
  speaker.muted = on;
}

function listen(stream, showLevel) {
  meters.push(meter(context, stream, showLevel));
}

function take(message) {
  switch (message.kind) {
    case "floor":
      document.body.dataset.floor = message.floor;
      if (FLOOR[message.floor]) show("live", null, FLOOR[message.floor]);
      break;
    case "transcript_heard":
      talk.guess(message.text);
      break;
    case "turn_committed":
      talk.caller(message.channel === "keypad" ? message.text.replaceAll(/./g, "•") : message.text);
      break;
    case "reply_started":
      talk.started(message.reply, message.latency);
      break;
    case "words":
      talk.agentSays(message.reply, message.text);
      break;
    case "reply_heard":
      talk.agentSaid(message.reply, message.text, message.interrupted);
      break;
    case "tool_requested":
      talk.tool(message.tool_call_id, message.tool);
      break;
    case "tool_progressed":
      talk.step(message.tool_call_id, message.step);
      break;
    case "tool_completed":
      talk.settled(message.tool_call_id, "done");
      break;
    case "tool_failed":
      talk.settled(message.tool_call_id, "failed");
      break;
    case "call_resumed":
      talk.note("The connection was lost for a moment");
      break;
    default:
  }
}

function finish(reason, error) {
  clearInterval(clock);
  meters.splice(0).forEach((stop) => stop());
  context?.close();
  context = null;
  microphone?.getTracks().forEach((track) => track.stop());
  microphone = null;
  began = 0;
  setMute(false);
  setKeypad(false);
  delete document.body.dataset.floor;
  const spoken = talk.lines.length > 0;
  place("copy").hidden = !spoken;
  place("start-label").textContent = spoken ? "Call again" : "Start the call";
  if (error) {
    alarm(TROUBLE[error.code] ?? error.message ?? "The call could not be placed. Please try again.");
    show("over", spoken ? "The call has ended" : `Talk to ${agent}`, spoken ? "Something went wrong." : "No call is in progress.");
  } else {
    show("over", "The call has ended", ENDED[reason] ?? "Please call again if you need anything else.");
  }
  place("start").focus();
}

function setMute(on) {
  for (const track of microphone?.getAudioTracks() ?? []) track.enabled = !on;
  place("mute").setAttribute("aria-pressed", on);
}

function setKeypad(open) {
  place("keypad").hidden = !open;
  document.body.toggleAttribute("data-keys", open);
  place("keys").setAttribute("aria-expanded", open);
}

function press(digit) {
  line?.send({ kind: "key", digit });
}

const talking = () => ["live", "again", "connecting"].includes(document.body.dataset.state);

place("start").addEventListener("click", start);
place("stop").addEventListener("click", () => (line && !line.over ? line.hangUp() : finish("caller_hung_up", null)));
place("mute").addEventListener("click", () => setMute(place("mute").getAttribute("aria-pressed") !== "true"));
place("keys").addEventListener("click", () => setKeypad(place("keypad").hidden));
place("keypad").addEventListener("click", ({ target }) => {
  const digit = target.closest("[data-key]")?.dataset.key;
  if (digit) press(digit);
});
addEventListener("keydown", (event) => {
  if (!talking() || event.ctrlKey || event.metaKey || event.altKey) return;
  if (/^[0-9*#]$/.test(event.key)) press(event.key);
  if (event.key === "Escape") setKeypad(false);
});
addEventListener("pagehide", () => line?.hangUp());

place("copy").addEventListener("click", async () => {
  const text = talk.transcript();
  try {
    await navigator.clipboard.writeText(text);
    place("copy").textContent = "Copied";
  } catch {
    const range = document.createRange();
    range.selectNodeContents(place("talk"));
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    place("copy").textContent = "Selected: copy it with your browser";
  }
  setTimeout(() => (place("copy").textContent = "Copy the transcript"), 2500);
});
