"""The same requests and answers in other languages than English: data only. Technical words stay English, as they do
among developers.

`{do}` is verb and object in the order of the language, `{a}` the arguments as `: a, b`, `{obj}` the object, `{facts}`
what came out, `{error}` what went wrong, `{label}` the name of an argument, `{value}` its value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """One language. `verbs` by concept; the lists hold templates."""

    verbs: Mapping[str, str]
    order: str
    """How verb and object stand together."""
    asks: Sequence[str]
    before: Sequence[str]
    """What the assistant says before a call."""
    done: Sequence[str]
    failed: Sequence[str]
    question: Sequence[str]
    """The assistant asks for an argument."""
    again: Sequence[str]
    """The assistant tries again, with another value of an argument."""
    change: Sequence[str]
    """The user corrects an argument."""
    given: Sequence[str]
    """The user gives what was asked for."""


_ORDER = ["store", "get", "list", "search", "create", "spawn", "update", "delete", "stop", "run", "send", "check",
    "analyze", "move", "export", "assign", "restore", "learn", "compress", "go", "enter"]  # fmt: skip


def _verbs(said: str) -> Mapping[str, str]:
    return dict(zip(_ORDER, (each.strip() for each in said.split(",")), strict=True))


LANGUAGES: Mapping[str, Language] = {
    "de": Language(
        _verbs("speichern, abrufen, auflisten, durchsuchen, anlegen, starten, aktualisieren, löschen, beenden,"
               " ausführen,"
               " senden, prüfen, auswerten, importieren, exportieren, zuweisen, wiederherstellen, trainieren,"
               " komprimieren,"
               " öffnen, eingeben"), "{obj} {verb}",
        ("Kannst du bitte {do}{a}?", "Bitte einmal {do}{a}.", "Ich möchte {do}{a}.",
        "Könntest du für {project} {do}{a}?",
         "Als Nächstes {do}{a}.", "Wir müssen noch {do}{a}.", "Hi, kurz {do}, danke{a}"),
        ("", "", "Mache ich.", "Moment, ich sehe nach.", "Wird erledigt."),
        ("Erledigt{facts}.", "Fertig{facts}.", "Das hat geklappt{facts}.", "Hier das Ergebnis{facts}."),
        ("Das ging leider nicht: {error}. Es wurde nichts geändert.",
        "Fehlgeschlagen mit „{error}“. Wie soll ich weitermachen?"),
        ("Welchen Wert soll ich für {label} nehmen?", "Dazu fehlt mir noch: {label}."),
        ("Der Wert für {label} ging nicht, ich nehme {value}.", "Neuer Versuch mit {label} {value}."),
        ("Moment, {label} soll {value} sein.", "Doch lieber {value} als {label}, bitte noch einmal."),
        ("{label} ist {value}.", "Nimm {value}.")),
    "fr": Language(
        _verbs("enregistrer, récupérer, lister, parcourir, créer, démarrer, mettre à jour, supprimer, arrêter,"
               " exécuter,"
               " envoyer, vérifier, analyser, importer, exporter, attribuer, restaurer, entraîner, compresser, ouvrir,"
               " saisir"), "{verb} « {obj} »",
        ("Peux-tu {do}{a} ?", "Merci de {do}{a}.", "J'aimerais {do}{a}.", "Pour {project}, il faut {do}{a}.",
         "Tu pourrais {do}, s'il te plaît{a} ?", "Ensuite, {do}{a}.", "On doit encore {do}{a}."),
        ("", "", "Je m'en occupe.", "Je regarde.", "Un instant."),
        ("C'est fait{facts}.", "Terminé{facts}.", "Voici le résultat{facts}.", "Cela a marché{facts}."),
        ("Cela a échoué : {error}. Rien n'a été changé.", "Échec : « {error} ». Comment veux-tu continuer ?"),
        ("Quelle valeur pour {label} ?", "Il me manque encore : {label}."),
        ("La valeur de {label} ne passait pas, je prends {value}.", "Nouvel essai avec {label} {value}."),
        ("Attends, {label} doit être {value}.", "Finalement plutôt {value} pour {label}, recommence."),
        ("{label}, c'est {value}.", "Prends {value}.")),
    "es": Language(
        _verbs("guardar, obtener, listar, buscar en, crear, iniciar, actualizar, eliminar, detener, ejecutar, enviar,"
               " comprobar, analizar, importar, exportar, asignar, restaurar, entrenar, comprimir, abrir, introducir"),
        "{verb} «{obj}»",
        ("¿Puedes {do}{a}?", "Por favor, hay que {do}{a}.", "Quiero {do}{a}.", "Para {project} necesito {do}{a}.",
         "¿Podrías {do}, por favor{a}?", "Ahora toca {do}{a}.", "Nos falta {do}{a}."),
        ("", "", "Voy a ello.", "Un momento.", "Lo miro."),
        ("Hecho{facts}.", "Listo{facts}.", "Este es el resultado{facts}.", "Ha funcionado{facts}."),
        ("No ha funcionado: {error}. No se ha cambiado nada.", "Ha fallado con «{error}». ¿Cómo sigo?"),
        ("¿Qué valor uso para {label}?", "Me falta todavía: {label}."),
        ("El valor de {label} no valía, uso {value}.", "Otro intento con {label} {value}."),
        ("Espera, {label} tiene que ser {value}.", "Mejor {value} como {label}, hazlo otra vez."),
        ("{label} es {value}.", "Usa {value}.")),
    "pt": Language(
        _verbs("salvar, buscar, listar, pesquisar em, criar, iniciar, atualizar, remover, parar, executar, enviar,"
               " verificar, analisar, importar, exportar, atribuir, restaurar, treinar, comprimir, abrir, preencher"),
        "{verb} “{obj}”",
        ("Você pode {do}{a}?", "Por favor, preciso {do}{a}.", "Quero {do}{a}.", "Para o {project}, vamos {do}{a}.",
         "Dá para {do}{a}?", "Agora falta {do}{a}.", "Poderia {do}, por favor{a}?"),
        ("", "", "Já faço.", "Um momento.", "Vou ver."),
        ("Feito{facts}.", "Pronto{facts}.", "Aqui está o resultado{facts}.", "Deu certo{facts}."),
        ("Não deu certo: {error}. Nada foi alterado.", "Falhou com “{error}”. Como continuo?"),
        ("Qual valor devo usar para {label}?", "Ainda me falta: {label}."),
        ("O valor de {label} não serviu, uso {value}.", "Nova tentativa com {label} {value}."),
        ("Espera, {label} tem que ser {value}.", "Melhor {value} como {label}, faça de novo."),
        ("{label} é {value}.", "Use {value}.")),
    "it": Language(
        _verbs("salvare, recuperare, elencare, cercare in, creare, avviare, aggiornare, eliminare, fermare, eseguire,"
               " inviare, controllare, analizzare, importare, esportare, assegnare, ripristinare, addestrare,"
               " comprimere,"
               " aprire, inserire"), "{verb} «{obj}»",
        ("Puoi {do}{a}?", "Per favore, devi {do}{a}.", "Vorrei {do}{a}.", "Per {project} bisogna {do}{a}.",
         "Potresti {do}, per favore{a}?", "Adesso c'è da {do}{a}.", "Ci resta da {do}{a}."),
        ("", "", "Subito.", "Un attimo.", "Guardo."),
        ("Fatto{facts}.", "Tutto a posto{facts}.", "Ecco il risultato{facts}.", "Ha funzionato{facts}."),
        ("Non ha funzionato: {error}. Non è cambiato nulla.", "Errore «{error}». Come procedo?"),
        ("Quale valore uso per {label}?", "Mi manca ancora: {label}."),
        ("Il valore di {label} non andava, uso {value}.", "Riprovo con {label} {value}."),
        ("Aspetta, {label} deve essere {value}.", "Meglio {value} come {label}, rifallo."),
        ("{label} è {value}.", "Usa {value}.")),
    "nl": Language(
        _verbs("opslaan, ophalen, opsommen, doorzoeken, aanmaken, starten, bijwerken, verwijderen, stoppen, uitvoeren,"
               " versturen, controleren, analyseren, importeren, exporteren, toewijzen, herstellen, trainen,"
               " comprimeren,"
               " openen, invullen"), "{obj} {verb}",
        ("Kun je {do}{a}?", "Graag {do}{a}.", "Ik wil {do}{a}.", "Voor {project} moeten we {do}{a}.",
         "Zou je even {do}{a}?", "Nu nog {do}{a}.", "Eerst {do}, alsjeblieft{a}"),
        ("", "", "Doe ik.", "Momentje.", "Ik kijk even."),
        ("Gedaan{facts}.", "Klaar{facts}.", "Hier is het resultaat{facts}.", "Dat is gelukt{facts}."),
        ("Dat lukte niet: {error}. Er is niets veranderd.", "Mislukt met '{error}'. Hoe verder?"),
        ("Welke waarde neem ik voor {label}?", "Ik mis nog: {label}."),
        ("De waarde voor {label} kon niet, ik neem {value}.", "Nog een poging met {label} {value}."),
        ("Wacht, {label} moet {value} zijn.", "Toch liever {value} als {label}, doe het opnieuw."),
        ("{label} is {value}.", "Neem {value}.")),
    "pl": Language(
        _verbs("zapisać, pobrać, wypisać, przeszukać, utworzyć, uruchomić, zaktualizować, usunąć, zatrzymać, wykonać,"
               " wysłać, sprawdzić, przeanalizować, zaimportować, wyeksportować, przydzielić, przywrócić, wytrenować,"
               " skompresować, otworzyć, wpisać"), "{verb} „{obj}”",
        ("Możesz {do}{a}?", "Proszę {do}{a}.", "Chcę {do}{a}.", "Dla {project} trzeba {do}{a}.",
         "Czy dasz radę {do}{a}?", "Teraz trzeba {do}{a}.", "Zostało nam jeszcze {do}{a}."),
        ("", "", "Już robię.", "Chwila.", "Sprawdzam."),
        ("Zrobione{facts}.", "Gotowe{facts}.", "Oto wynik{facts}.", "Udało się{facts}."),
        ("Nie udało się: {error}. Nic nie zostało zmienione.", "Błąd „{error}”. Jak mam kontynuować?"),
        ("Jaką wartość wziąć dla {label}?", "Brakuje mi jeszcze: {label}."),
        ("Wartość {label} była zła, biorę {value}.", "Jeszcze raz z {label} {value}."),
        ("Czekaj, {label} ma być {value}.", "Jednak {value} jako {label}, zrób to jeszcze raz."),
        ("{label} to {value}.", "Weź {value}.")),
    "ja": Language(
        _verbs("保存, 取得, 一覧表示, 検索, 作成, 開始, 更新, 削除, 停止, 実行, 送信, 確認, 分析, インポート,"
               " エクスポート, 割り当て,"
               " 復元, 学習, 圧縮, 表示, 入力"), "{obj}を{verb}",
        ("{do}してください{a}", "{do}してもらえますか{a}", "次は{do}したいのですが{a}",
         "{project}のために{do}したいです{a}",
         "{do}できますか{a}", "先に{do}する必要があります{a}", "{do}しておいて{a}"),
        ("", "", "確認します。", "少々お待ちください。", "実行します。"),
        ("完了しました{facts}。", "できました{facts}。", "結果はこちらです{facts}。", "成功しました{facts}。"),
        ("失敗しました: {error}。何も変更されていません。", "エラーになりました: {error}。どうしますか？"),
        ("{label}の値は何にしますか？", "{label}を教えてください。"),
        ("{label}の値が使えなかったので、{value}を使います。", "{label} {value}でもう一度試します。"),
        ("待って、{label}は{value}にしてください。", "やっぱり{label}は{value}で、もう一度お願いします。"),
        ("{label}は{value}です。", "{value}でお願いします。")),
    "zh": Language(
        _verbs("保存, 获取, 列出, 搜索, 创建, 启动, 更新, 删除, 停止, 执行, 发送, 检查, 分析, 导入, 导出, 分配,"
               " 恢复, 训练, 压缩,"
               " 打开, 填写"), "{verb} {obj}",
        ("请{do}{a}", "能帮我{do}吗{a}", "我想{do}{a}", "为了 {project}，需要{do}{a}", "接下来{do}{a}",
         "麻烦{do}一下{a}",
         "先{do}，谢谢{a}"),
        ("", "", "好的。", "稍等。", "我来处理。"),
        ("完成了{facts}。", "好了{facts}。", "结果如下{facts}。", "成功{facts}。"),
        ("没有成功：{error}。没有任何更改。", "失败了：{error}。要怎么继续？"),
        ("{label} 用什么值？", "还缺少 {label}。"),
        ("{label} 的值不行，改用 {value}。", "用 {label} {value} 再试一次。"),
        ("等等，{label} 应该是 {value}。", "还是把 {label} 改成 {value}，再来一次。"),
        ("{label} 是 {value}。", "用 {value}。")),
}  # fmt: skip
"""Languages by code. Their sentences are our own."""
