// The line to the edge: WHIP over fetch, media over WebRTC, messages over a data channel. It mends itself: when nothing
// comes any more, it calls again with the same token, and the edge, or another one, goes on with the conversation.

const DEAD = 1500; // milliseconds without a packet; the edge sends fifty a second
const TRIES = 60000; // milliseconds for which a broken line is tried again
const PAUSES = [0, 250, 500, 1000, 2000];
const BUSY = 30000; // milliseconds for which a busy edge is asked again
const FULL = ["full", "late", "draining"]; // refusals of an edge that had room when it was asked
const HUSH = 250; // milliseconds of silence after which a browser that does not tell what it plays is heard again
const LONGEST_HUSH = 1000; // the same where it tells, but the packet that is waited for does not come
const GATHER = 400; // milliseconds for candidates before the offer goes out; later ones follow it

export class LineError extends Error {
  constructor(code, message, after = null) {
    super(message);
    this.code = code;
    this.after = after; // milliseconds after which it may be otherwise
  }
}

export class Line {
  // ``on``: state("live", "busy" or "again"), message(object), sound(stream), hush(boolean),
  // ended(reason or null, error or null)
  constructor(on) {
    this.on = on;
    this.token = null;
    this.peer = null;
    this.over = false;
    this.watch = null;
    this.reporting = false;
    this.hush = null;
  }

  async open(microphone) {
    this.microphone = microphone;
    const answer = await ask("/call/token", { method: "POST" });
    const { token, iceServers } = await answer.json();
    this.token = token;
    this.iceServers = iceServers;
    await this.begin();
  }

  // A busy edge often has room in a moment: it says when to ask again.
  async begin() {
    const since = performance.now();
    for (;;) {
      try {
        return await this.connect();
      } catch (error) {
        this.peer?.close();
        this.peer = null;
        const spent = performance.now() - since;
        if (this.over || error.code !== "busy" || !error.after || spent + error.after > BUSY) throw error;
        this.on.state("busy");
        await pause(error.after);
        if (this.over) return;
      }
    }
  }

  async connect() {
    const peer = new RTCPeerConnection({ iceServers: this.iceServers, bundlePolicy: "max-bundle" });
    this.peer = peer;
    const late = [];
    let resource = null;
    peer.onicecandidate = ({ candidate }) => {
      if (!candidate) return;
      late.push(candidate);
      if (resource) this.trickle(peer, resource, late.splice(0));
    };
    for (const track of this.microphone.getTracks()) peer.addTrack(track, this.microphone);
    const channel = peer.createDataChannel("trunkline");
    channel.onmessage = ({ data }) => this.peer === peer && this.take(JSON.parse(data));
    this.channel = channel;
    peer.ontrack = ({ streams, track }) => this.on.sound(streams[0] ?? new MediaStream([track]));
    peer.onconnectionstatechange = () => {
      if (this.peer !== peer || this.over) return;
      if (peer.connectionState === "connected") this.connected(peer);
      if (peer.connectionState === "failed") this.mend(peer);
    };
    await peer.setLocalDescription();
    await gathered(peer);
    late.length = 0;
    const response = await ask("/whip?played=1", {
      method: "POST",
      headers: { "Content-Type": "application/sdp", Authorization: `Bearer ${this.token}` },
      body: peer.localDescription.sdp,
    });
    resource = { url: response.headers.get("Location"), tag: response.headers.get("ETag") };
    this.resource = resource;
    if (this.over) return this.drop(peer, resource.url);
    await peer.setRemoteDescription({ type: "answer", sdp: await response.text() });
    if (late.length) this.trickle(peer, resource, late.splice(0));
    this.guard(peer);
  }

  async trickle(peer, { url, tag }, candidates) {
    const lines = peer.localDescription.sdp.split("\r\n");
    const part = [
      ...lines.filter((line) => /^a=ice-(ufrag|pwd):/.test(line)).slice(0, 2),
      lines.find((line) => line.startsWith("m=audio")),
      lines.find((line) => line.startsWith("a=mid:")),
      ...candidates.map((one) => `a=${one.candidate}`),
    ];
    const headers = { "Content-Type": "application/trickle-ice-sdpfrag", "If-Match": tag };
    await fetch(url, { method: "PATCH", headers, body: part.join("\r\n") + "\r\n" }).catch(() => {});
  }

  connected(peer) {
    this.brokeAt = null;
    this.on.state("live");
    this.guard(peer);
  }

  // A line is dead when nothing comes: WebRTC itself takes half a minute to say so, and a browser without a network says
  // nothing at all.
  guard(peer) {
    clearInterval(this.watch);
    let count = -1;
    let since = performance.now();
    const patience = () => (peer.connectionState === "connected" ? DEAD : 6000);
    this.watch = setInterval(async () => {
      if (this.peer !== peer || this.over) return;
      this.report(peer);
      let packets = count;
      for (const one of (await peer.getStats()).values()) {
        if (one.type === "inbound-rtp") packets = one.packetsReceived;
      }
      const now = performance.now();
      if (packets !== count) [count, since] = [packets, now];
      else if (now - since > patience()) this.mend(peer);
    }, 100);
  }

  // What has been played, in the edge's own RTP clock: so it knows which of its words were heard.
  report(peer) {
    if (!this.reporting || this.channel.readyState !== "open") return;
    const rtp = playing(peer);
    if (rtp === undefined || rtp === this.played) return;
    this.played = rtp;
    this.send({ kind: "played", rtp });
  }

  // The agent has stopped in mid-word: what the browser still holds of it is not to be heard. What was not heard is
  // sent again, if the agent is to go on.
  pause(peer, number) {
    clearInterval(this.hush);
    this.on.hush(true);
    this.send({ kind: "paused", pause: number, rtp: playing(peer) ?? -1 });
  }

  // To be heard again from this packet on.
  resume(peer, rtp) {
    clearInterval(this.hush);
    const since = performance.now();
    this.hush = setInterval(() => {
      const now = playing(peer);
      const told = now !== undefined && rtp !== null;
      const there = told && ((now - rtp) | 0) >= 0;
      if (!there && performance.now() - since < (told ? LONGEST_HUSH : HUSH)) return;
      clearInterval(this.hush);
      this.on.hush(false);
    }, 5);
  }

  async mend(peer, state = "again", attempt = 0) {
    if (this.peer !== peer || this.over) return;
    this.peer = null;
    clearInterval(this.watch);
    clearInterval(this.hush);
    peer.close();
    this.reporting = false;
    this.brokeAt ??= performance.now();
    for (; !this.over; attempt += 1) {
      this.on.state(state);
      await pause(PAUSES[Math.min(attempt, PAUSES.length - 1)]);
      if (!navigator.onLine) await Promise.race([once(window, "online"), pause(1000)]);
      if (this.over) return;
      try {
        await this.connect();
        return;
      } catch (error) {
        this.peer?.close();
        this.peer = null;
        if (!["busy", "unreachable"].includes(error.code)) return this.finish(null, error);
        if (performance.now() - this.brokeAt > TRIES) return this.finish(null, new LineError("lost", ""));
      }
    }
  }

  take(message) {
    if (message.kind === "reply_started") this.reporting = true;
    if (message.kind === "reply_heard") this.reporting = false;
    if (message.kind === "pause") return this.pause(this.peer, message.pause);
    if (message.kind === "resume") return this.resume(this.peer, message.rtp);
    if (message.kind === "clear") {
      this.on.hush(true);
      return this.resume(this.peer, message.rtp);
    }
    if (message.kind === "moved") return this.mend(this.peer);
    if (message.kind === "refused") return this.refused(message);
    this.on.message(message);
    if (message.kind === "call_ended") this.finish(message.reason, null);
  }

  // Somebody else took the last place while this line was being connected: ask again, not at once.
  refused({ code, message }) {
    if (FULL.includes(code)) this.mend(this.peer, "busy", 3);
    else this.finish(null, new LineError(code, message));
  }

  send(message) {
    if (this.channel?.readyState === "open") this.channel.send(JSON.stringify(message));
  }

  hangUp() {
    if (this.over) return;
    this.send({ kind: "bye" });
    const url = this.resource?.url;
    if (url) fetch(url, { method: "DELETE", keepalive: true }).catch(() => {});
    this.finish("caller_hung_up", null);
  }

  drop(peer, url) {
    peer.close();
    fetch(url, { method: "DELETE", keepalive: true }).catch(() => {});
  }

  finish(reason, error) {
    if (this.over) return;
    this.over = true;
    clearInterval(this.watch);
    clearInterval(this.hush);
    const peer = this.peer;
    setTimeout(() => peer?.close(), 200); // what is on its way may still arrive
    this.on.ended(reason, error);
  }
}

// The RTP timestamp of the packet that is being played.
function playing(peer) {
  return peer.getReceivers()[0]?.getSynchronizationSources()[0]?.rtpTimestamp;
}

async function ask(url, options) {
  let response;
  try {
    response = await fetch(url, { ...options, signal: AbortSignal.timeout(8000) });
  } catch {
    throw new LineError("unreachable", "");
  }
  if (response.ok) return response;
  const body = await response.json().catch(() => ({}));
  if (response.status === 410) throw new LineError("call_over", body.message);
  if (response.status === 502 || response.status === 504) throw new LineError("unreachable", "");
  if (response.status === 503) throw new LineError("busy", body.message, after(response));
  throw new LineError(body.code ?? `http_${response.status}`, body.message ?? "");
}

function after(response) {
  const seconds = Number(response.headers.get("Retry-After"));
  return seconds > 0 ? seconds * 1000 : null;
}

function gathered(peer) {
  if (peer.iceGatheringState === "complete") return null;
  return Promise.race([once(peer, "icegatheringstatechange", () => peer.iceGatheringState === "complete"), pause(GATHER)]);
}

function once(target, event, good = () => true) {
  return new Promise((done) => {
    const listener = () => {
      if (!good()) return;
      target.removeEventListener(event, listener);
      done();
    };
    target.addEventListener(event, listener);
  });
}

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
