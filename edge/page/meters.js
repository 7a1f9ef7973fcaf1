// How loud a stream is: 0 to 1, some thirty times a second.

export function meter(context, stream, show) {
  const source = context.createMediaStreamSource(stream);
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let shown = 0;
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    let power = 0;
    for (const sample of samples) power += sample * sample;
    const decibels = 10 * Math.log10(power / samples.length + 1e-9);
    const level = Math.min(1, Math.max(0, (decibels + 55) / 40));
    shown = level > shown ? level : shown * 0.82 + level * 0.18;
    show(shown);
  }, 33);
  return () => {
    clearInterval(timer);
    source.disconnect();
    show(0);
  };
}
