// What pages cannot do without a script: say that the network is away, keep a double tap from sending a
// form twice, let a voice be heard to its end, and keep the newest line of a conversation in sight.
// Everything else works without it.
"use strict";
(function () {
  function offline(isOffline) {
    var bar = document.getElementById("offline");
    if (bar) { bar.hidden = !isOffline; }
  }

  document.addEventListener("htmx:sendError", function () { offline(true); });
  document.addEventListener("htmx:timeout", function () { offline(true); });
  document.addEventListener("htmx:afterOnLoad", function () { offline(false); });

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post") { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    form.querySelectorAll("button").forEach(function (button) { button.classList.add("busy"); });
  });
  // A page brought back by the back button may send again.
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
      form.querySelectorAll(".busy").forEach(function (button) { button.classList.remove("busy"); });
    });
  });

  // A filter takes effect when it is chosen; the button stays for browsers without scripts.
  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("form[data-instant]").forEach(function (form) {
      form.querySelector("button").hidden = true;
      form.addEventListener("change", function () { form.submit(); });
    });
  });

  // A part of a page is not fetched anew while something in it is being listened to or watched.
  document.addEventListener("htmx:beforeRequest", function (event) {
    var media = event.detail.target.querySelectorAll("audio, video");
    if (Array.prototype.some.call(media, function (one) { return !one.paused && !one.ended; })) {
      event.preventDefault();
    }
  });

  function atEnd() {
    var lines = document.getElementById("lines");
    if (lines) { lines.scrollTop = lines.scrollHeight; }
  }
  document.addEventListener("DOMContentLoaded", atEnd);
  document.addEventListener("htmx:afterSettle", function (event) {
    if (event.target.closest && event.target.closest("#lines")) { atEnd(); }
  });
})();
